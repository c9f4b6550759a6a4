import type { FeaturesAxis } from '../features/embedding.ts';
import type { FeatureMatrix, Preset } from './feature-matrix.ts';
import { MOST_PARTS } from './layout.ts';
import type { EntryMatch } from './match-entries.ts';
import { axisOfVectors, matrixShape, type ModelWidth } from './model-width.ts';

const DESCRIPTIONS: Readonly<Partial<Record<Preset, string>>> = {
  'token-embedding': 'a token: what it writes into the residual stream',
  unembedding: 'a token: the direction of the residual stream that raises its logit',
  'position-embedding': 'a position: what it writes into the residual stream',
  'mlp-in': 'a neuron: its input weights',
  'mlp-gate': 'a neuron: the input weights of its gate',
  'mlp-out': 'a neuron: its output weights',
};

/** Lists the matrices of features in one stored tensor: one, or one per expert in a stack. */
export function storedFeatures(match: EntryMatch, size: ModelWidth | null): FeatureMatrix[] {
  const { entry, layout, rule } = match;
  if (entry.shape.length < 2 || entry.shape.length > 3 || entry.shape.includes(0)) return [];
  if (entry.shape.length === 3 && entry.shape[0] > MOST_PARTS) return [];
  const { axis, why, doubt } = orient(match, size);
  const [rows, columns] = matrixShape(entry.shape);
  const [all, dims] = axis === 'rows' ? [rows, columns] : [columns, rows];
  if (rule.half !== undefined && all % 2 !== 0) return [];
  const features = rule.half === undefined ? all : all / 2;
  const from = rule.half === 'second' ? features : 0;
  const stack = entry.shape.length === 3 ? entry.shape[0] : null;
  return Array.from({ length: stack ?? 1 }, (_, index) => {
    const expert = match.expert ?? (stack !== null && stack > 1 ? String(index) : undefined);
    return {
      preset: rule.preset,
      layout: layout.name,
      layer: match.layer,
      ...(expert !== undefined && { expert }),
      tensor: entry.name,
      axis,
      ...(stack !== null && { index }),
      ...(rule.half !== undefined && { from, to: from + features }),
      features,
      dims,
      description: DESCRIPTIONS[rule.preset] ?? '',
      why:
        rule.half === undefined
          ? why
          : `${why}; ${rule.half} half of gate and input weights stored as one`,
      ...(doubt !== undefined && { doubt }),
    };
  });
}

/** Determines the axis that counts features: by the layout, checked against the shape. */
function orient(
  { entry, layout, rule }: EntryMatch,
  size: ModelWidth | null,
): { axis: FeaturesAxis; why: string; doubt?: string } {
  const ruled = `${layout.name} counts them along its ${rule.axis}`;
  if (size === null) return { axis: rule.axis, why: ruled, doubt: 'd_model is unknown' };
  const { width, source } = size;
  const known = `d_model = ${width}, ${source}`;
  const axis = axisOfVectors(entry.shape, width);
  if (axis === rule.axis) return { axis, why: `${ruled}, and the shape agrees (${known})` };
  if (axis !== null) {
    const why = `${layout.name} would count them along its ${rule.axis}, but only its ${axis} have d_model numbers (${known})`;
    return { axis, why };
  }
  const [rows, columns] = matrixShape(entry.shape);
  if (rows === width && columns === width) {
    if (size.turned === null || rule.preset.endsWith('embedding'))
      return {
        axis: rule.axis,
        why: ruled,
        doubt: 'square, so the shape does not tell rows from columns',
      };
    const turned = rule.axis === 'rows' ? 'columns' : 'rows';
    return {
      axis: size.turned ? turned : rule.axis,
      why: `${ruled}; square, and the other linear layers of the file are ${size.turned ? 'transposed' : 'stored this way'}`,
    };
  }
  return { axis: rule.axis, why: ruled, doubt: `neither axis is d_model (${known})` };
}
