import type { FeaturesAxis } from '../features/embedding.ts';
import type { TensorEntry } from '../tensors/tensor.ts';
import type { FeatureMatrix, VectorRange } from './feature-matrix.ts';
import { matchName, MOST_PARTS, type AttentionRule, type Layout } from './layout.ts';
import { modelSizes, type ModelConfig, type ModelSizes } from './model-config.ts';
import { axisOfVectors, matrixShape, type ModelWidth } from './model-width.ts';

/** The value and output weights of an attention layer, and the model around them. */
interface AttentionLayer {
  readonly layout: Layout;
  readonly rule: AttentionRule;
  readonly layer: number;
  readonly value: TensorEntry;
  readonly output: TensorEntry;
  readonly width: ModelWidth;
  readonly sizes: ModelSizes;
}

/** Places of the vectors of one head: those it writes with, and those it reads with. */
interface Head {
  readonly outputs: VectorRange;
  readonly inputs: VectorRange;
}

const SQUARE =
  'square matrices, so shapes do not tell rows from columns; read as the layout stores linear layers';

/** Matrices of features, and why others were left out. */
export interface AttentionFound {
  readonly features: readonly FeatureMatrix[];
  readonly notes: readonly string[];
}

/**
 * Lists W_O W_V of each layer, the sum over its heads, and that of each head where heads are known (Elhage et al.
 * 2021). Features are the columns: what the layer or head writes for each coordinate of the residual stream.
 *
 * @param widthOf d_model for a prefix of names.
 */
export function attentionFeatures(
  entries: readonly TensorEntry[],
  layouts: readonly Layout[],
  config: ModelConfig | null,
  widthOf: (prefix: string) => ModelWidth | null,
): AttentionFound {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const features: FeatureMatrix[] = [];
  const notes = new Set<string>();
  const done = new Set<string>();
  for (const layout of layouts) {
    for (const rule of layout.attention) {
      for (const value of entries) {
        const match = matchName(rule.value, value.name);
        if (match === null || match.layer === null || done.has(value.name)) continue;
        const output = byName.get(partner(value.name, rule));
        const width = widthOf(match.prefix);
        if (output === undefined || width === null) continue;
        const sizes = modelSizes(config, match.prefix);
        const found = ofLayer({ layout, rule, layer: match.layer, value, output, width, sizes });
        if (typeof found === 'string') notes.add(`attention-ov is left out: ${found}`);
        else features.push(...found);
        done.add(value.name);
      }
    }
  }
  return { features, notes: [...notes] };
}

/** Name of the output weights that belong to value weights: both patterns are the same up to the number of the layer. */
function partner(name: string, { value, output }: AttentionRule): string {
  const [valueTail, outputTail] = [value, output].map((pattern) => pattern.split('{L}')[1]);
  return `${name.slice(0, -valueTail.length)}${outputTail}`;
}

function ofLayer(layer: AttentionLayer): FeatureMatrix[] | string {
  const { value, output, layout, width } = layer;
  if (value.shape.length !== output.shape.length)
    return `the shapes of ${value.name} and ${output.name} do not fit`;
  const heads = value.shape.length === 3 ? stackedHeads(layer) : matrixHeads(layer);
  if (typeof heads === 'string') return heads;
  const whole = heads.whole !== null ? [heads.whole] : heads.each;
  const common = {
    preset: 'attention-ov' as const,
    layout: layout.name,
    layer: layer.layer,
    tensor: output.name,
    axis: 'columns' as const,
    features: width.width,
    dims: width.width,
    ...(heads.doubt !== null && { doubt: heads.doubt }),
  };
  const why = `columns of W_O W_V, of ${output.name} and ${value.name} (d_model = ${width.width}, ${width.source})`;
  const all: FeatureMatrix = {
    ...common,
    description: 'a coordinate of the residual stream: what the attention layer writes for it',
    why,
    product: { outputs: whole.map((h) => h.outputs), inputs: whole.map((h) => h.inputs) },
  };
  const found = [all];
  for (const [head, { outputs, inputs }] of heads.each.entries()) {
    found.push({
      ...common,
      head,
      description: 'a coordinate of the residual stream: what the head writes for it',
      why,
      product: { outputs: [outputs], inputs: [inputs] },
    });
  }
  return found;
}

interface Heads {
  /** All heads together where their vectors are contiguous; otherwise null. */
  readonly whole: Head | null;
  readonly each: readonly Head[];
  readonly doubt: string | null;
}

/** TransformerLens: values have shape heads x d_model x d_head, outputs heads x d_head x d_model. */
function stackedHeads({ value, output, width }: AttentionLayer): Heads | string {
  const [heads, rows, size] = output.shape;
  const [groups, read, valueSize] = value.shape;
  if (
    size !== width.width ||
    read !== width.width ||
    valueSize !== rows ||
    heads % groups !== 0 ||
    heads > MOST_PARTS
  )
    return `the shapes of ${value.name} and ${output.name} do not fit`;
  const each = Array.from({ length: heads }, (_, h) => ({
    outputs: { tensor: output.name, axis: 'rows' as const, index: h },
    inputs: {
      tensor: value.name,
      axis: 'columns' as const,
      index: Math.floor((h * groups) / heads),
    },
  }));
  return { whole: null, each, doubt: null };
}

function matrixHeads(layer: AttentionLayer): Heads | string {
  const { value, output, width, rule, sizes } = layer;
  const reads = axesOf(layer);
  if (reads === null)
    return `${value.name} or ${output.name} has no axis of size d_model = ${width.width}`;
  const [inner, stored] = [lengthOf(output, reads.outputs), lengthOf(value, reads.inputs)];
  const { heads } = sizes;
  if (heads !== null && (inner % heads !== 0 || heads > MOST_PARTS))
    return `${heads} heads do not divide the ${inner} vectors of ${output.name}`;
  const size = heads === null ? null : inner / heads;
  const doubt = reads.doubt;
  const outputs = (from: number, to: number): VectorRange => ({
    tensor: output.name,
    axis: reads.outputs,
    from,
    to,
  });
  const inputs = (from: number, to: number): VectorRange => ({
    tensor: value.name,
    axis: reads.inputs,
    from,
    to,
  });
  if (rule.fused === 'per-head') {
    if (stored !== 3 * inner)
      return `${value.name} does not hold as many queries and keys as values`;
    if (heads === null || size === null)
      return 'queries, keys and values are stored per head, and the number of heads is unknown; add config.json';
    const each = Array.from({ length: heads }, (_, h) => ({
      outputs: outputs(h * size, (h + 1) * size),
      inputs: inputs((3 * h + 2) * size, (3 * h + 3) * size),
    }));
    return { whole: null, each, doubt };
  }
  // A fused matrix holds queries, and as many keys as values.
  const values = rule.fused === 'last' ? (stored - inner) / 2 : stored;
  if (!Number.isInteger(values) || values <= 0 || inner % values !== 0)
    return `the shapes of ${value.name} and ${output.name} do not fit`;
  const first = stored - values;
  const whole =
    values === inner ? { outputs: outputs(0, inner), inputs: inputs(first, stored) } : null;
  if (heads === null || size === null) {
    if (whole !== null) return { whole, each: [], doubt };
    return 'heads share values, and the number of heads is unknown; add config.json';
  }
  const groups = values / size;
  if (!Number.isInteger(groups) || heads % groups !== 0)
    return `${heads} heads cannot share ${values} value vectors`;
  const each = Array.from({ length: heads }, (_, h) => {
    const group = Math.floor((h * groups) / heads);
    return {
      outputs: outputs(h * size, (h + 1) * size),
      inputs: inputs(first + group * size, first + (group + 1) * size),
    };
  });
  return { whole, each, doubt };
}

/** Determines the axes that count the vectors that attention writes and reads with; each vector has d_model numbers. */
function axesOf({
  layout,
  value,
  output,
  width,
}: AttentionLayer): { outputs: FeaturesAxis; inputs: FeaturesAxis; doubt: string | null } | null {
  for (const { shape } of [value, output]) {
    if (!matrixShape(shape).includes(width.width)) return null;
  }
  const asLinear = (layout.linear === 'out-in') !== width.turned;
  const ruledOutputs: FeaturesAxis = asLinear ? 'columns' : 'rows';
  const ruledInputs: FeaturesAxis = asLinear ? 'rows' : 'columns';
  const outputs = axisOfVectors(output.shape, width.width);
  const inputs = axisOfVectors(value.shape, width.width);
  const square = outputs === null || inputs === null;
  // One known axis determines the other: one matrix maps into the heads, the other out of them.
  const known = inputs === null ? (outputs === null ? null : other(outputs)) : inputs;
  if (known === null)
    return {
      outputs: ruledOutputs,
      inputs: ruledInputs,
      doubt: width.turned === null ? SQUARE : null,
    };
  return {
    outputs: outputs ?? other(known),
    inputs: inputs ?? known,
    doubt: square && known !== ruledInputs ? 'the shapes contradict the layout' : null,
  };
}

function other(axis: FeaturesAxis): FeaturesAxis {
  return axis === 'rows' ? 'columns' : 'rows';
}

function lengthOf(entry: TensorEntry, axis: FeaturesAxis): number {
  const [rows, columns] = matrixShape(entry.shape);
  return axis === 'rows' ? rows : columns;
}
