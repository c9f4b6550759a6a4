import type { FeaturesAxis } from '../features/embedding.ts';
import type { TensorEntry } from '../tensors/tensor.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { MOST_PARTS } from './layout.ts';

/** The embedding of a toy model: its tensor and the axis that counts features. */
interface ToyEmbedding {
  readonly layout: string;
  readonly tensor: TensorEntry;
  readonly axis: FeaturesAxis;
  readonly why: string;
  readonly doubt?: string;
}

/** Tensors by name, and the metadata of the file. */
interface ToyFile {
  readonly get: (name: string) => TensorEntry | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Every layout of toy models. The first one that recognises a file reads it. */
const TOY_MODELS: readonly ((file: ToyFile) => ToyEmbedding | null)[] = [
  polysem,
  withFinalBias,
  linearPair,
  residualMlp,
];

/**
 * Lists the embeddings of the toy models in a file, one per instance: those of polysem, of Anthropic's notebook and ARENA,
 * and of goodfire-ai/spd.
 */
export function toyFeatures(
  entries: readonly TensorEntry[],
  metadata: Readonly<Record<string, string>>,
): FeatureMatrix[] {
  const byName = new Map(entries.map((entry) => [entry.name.replace(PREFIX, ''), entry]));
  const file = { get: (name: string) => byName.get(name), metadata };
  for (const recognise of TOY_MODELS) {
    const found = recognise(file);
    if (found !== null) return matricesOf(found);
  }
  return [];
}

/** Prefixes of a compiled or wrapped model, and of the target of a parameter decomposition. */
const PREFIX = /^(?:(?:module|_orig_mod|target_model|model)\.)+/;

function matricesOf({ layout, tensor, axis, why, doubt }: ToyEmbedding): FeatureMatrix[] {
  const { name, shape } = tensor;
  if (shape.length < 2 || shape.length > 3 || shape.includes(0)) return [];
  if (shape.length === 3 && shape[0] > MOST_PARTS) return [];
  const stack = shape.length === 3 ? shape[0] : null;
  const [rows, columns] = shape.slice(-2);
  const [features, dims] = axis === 'rows' ? [rows, columns] : [columns, rows];
  return Array.from({ length: stack ?? 1 }, (_, index) => ({
    preset: 'toy-model',
    layout,
    layer: null,
    tensor: name,
    axis,
    ...(stack !== null && { index }),
    features,
    dims,
    description: 'an input of the toy model: how it is embedded',
    why,
    ...(doubt !== undefined && { doubt }),
  }));
}

/** A file written by `polysem train --out`: W is D x N, or a stack of them. */
function polysem({ get, metadata }: ToyFile): ToyEmbedding | null {
  const tensor = get('W');
  if (metadata.polysem === undefined || metadata.features !== 'columns' || tensor === undefined)
    return null;
  const why = 'polysem wrote W as D x N, as the metadata of the file say';
  return { layout: 'polysem', tensor, axis: 'columns', why };
}

/**
 * W and b_final: Anthropic's notebook stores W as instances x features x hidden, ARENA as instances x hidden x features; b_final,
 * instances x features, tells them apart.
 */
function withFinalBias({ get }: ToyFile): ToyEmbedding | null {
  const [tensor, bias] = [get('W'), get('b_final')];
  if (tensor === undefined || bias === undefined) return null;
  const [axes, features] = [tensor.shape.length, bias.shape.at(-1)];
  if (bias.shape.length !== axes - 1 || (axes === 3 && bias.shape[0] !== tensor.shape[0]))
    return null;
  const [rows, columns] = tensor.shape.slice(-2);
  if (rows !== features && columns !== features) return null;
  const axis = rows === features ? 'rows' : 'columns';
  const layout = axis === 'rows' ? 'Anthropic toy model' : 'ARENA toy model';
  const why = `b_final has one number per feature, ${features}, so W has features along its ${axis}`;
  const doubt =
    rows === columns ? 'as many features as hidden dimensions; read as in the notebook' : undefined;
  return { layout, tensor, axis, why, ...(doubt !== undefined && { doubt }) };
}

/** The toy model of spd: linear1.weight is hidden x features and has no bias, linear2.weight features x hidden. */
function linearPair({ get }: ToyFile): ToyEmbedding | null {
  const [tensor, output, bias] = [
    get('linear1.weight'),
    get('linear2.weight'),
    get('linear2.bias'),
  ];
  if (tensor?.shape.length !== 2 || output?.shape.length !== 2 || get('linear1.bias') !== undefined)
    return null;
  const [hidden, features] = tensor.shape;
  const [back, from] = output.shape;
  if (back !== features || from !== hidden) return null;
  if (bias === undefined ? hidden >= features : bias.shape[0] !== features) return null;
  const why = `linear1 maps ${features} features to ${hidden} hidden dimensions, and linear2 maps back`;
  return { layout: 'spd toy model', tensor, axis: 'columns', why };
}

/**
 * The residual MLP of spd and apd: W_E features x d_embed, W_U d_embed x features, in apd per instance, with layers.0.mlp_in or
 * its components.
 */
function residualMlp({ get }: ToyFile): ToyEmbedding | null {
  const [tensor, output] = [get('W_E'), get('W_U')];
  const mlp = get('layers.0.mlp_in.weight') ?? get('layers.0.mlp_in.A');
  if (tensor === undefined || output === undefined || mlp === undefined) return null;
  const { shape } = tensor;
  const [features, embed] = shape.slice(-2);
  const back = [...shape.slice(0, -2), embed, features];
  if (output.shape.length !== shape.length || output.shape.some((n, i) => n !== back[i]))
    return null;
  const why = `W_E maps ${features} features to ${embed} dimensions, and W_U maps back`;
  return { layout: 'spd residual MLP', tensor, axis: 'rows', why };
}
