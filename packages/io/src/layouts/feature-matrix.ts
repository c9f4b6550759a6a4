import type { FeaturesAxis } from '../features/embedding.ts';

/** Kinds of features, by the names that `--preset` takes. */
export const PRESETS = [
  'token-embedding',
  'unembedding',
  'position-embedding',
  'mlp-in',
  'mlp-gate',
  'mlp-out',
  'attention-ov',
  'sae-encoder',
  'sae-decoder',
  'transcoder-encoder',
  'transcoder-decoder',
  'toy-model',
] as const;

/** A kind of features. */
export type Preset = (typeof PRESETS)[number];

/** Vectors of a stored matrix: rows or columns `from` (inclusive) to `to` (exclusive), default all. */
export interface VectorRange {
  readonly tensor: string;
  /** Axis that counts the vectors. */
  readonly axis: FeaturesAxis;
  /** Index in a stack of matrices, counted by the first axis. */
  readonly index?: number;
  readonly from?: number;
  readonly to?: number;
}

/**
 * A product of stored matrices: sum_k out_k in_k^T over pairs of vectors. `outputs` and `inputs` hold equally many
 * vectors, in lists that are concatenated. Features are the columns, one per coordinate of `in`.
 */
export interface VectorProduct {
  readonly outputs: readonly VectorRange[];
  readonly inputs: readonly VectorRange[];
}

/**
 * Multiplies (power 1) or divides (power -1) the vector of each feature by the norm of its partner in another matrix.
 */
export interface NormFold {
  readonly partner: VectorRange;
  readonly power: 1 | -1;
}

/** A known matrix of features: where it is stored and what its vectors are. */
export interface FeatureMatrix extends VectorRange {
  readonly preset: Preset;
  /** Name of the layout that found it, such as `GPT-2`. */
  readonly layout: string;
  /** Layer, counted from 0 as in the names of the tensors; null if it belongs to no layer. */
  readonly layer: number | null;
  /** Attention head, if it belongs to one. */
  readonly head?: number;
  /** Expert of a mixture, by number or name, if it belongs to one. */
  readonly expert?: string;
  /** Number of features, N. */
  readonly features: number;
  /** Number of dimensions, D. */
  readonly dims: number;
  /** Meaning of one feature. */
  readonly description: string;
  /** Why this axis counts the features. */
  readonly why: string;
  /** Doubts that names and shapes leave; absent if none. */
  readonly doubt?: string;
  /** The preset whose tensor it shares, if it has none of its own. */
  readonly tiedTo?: Preset;
  readonly fold?: NormFold;
  readonly product?: VectorProduct;
}

/**
 * Lists the tensors needed for a matrix of features, including the one whose norms it folds in.
 *
 * @param matrix a matrix found by `findFeatures`.
 * @returns names of tensors, each once.
 * @example
 * ```js
 * import { findFeatures, tensorsOf } from '@polysem/io/layouts';
 * const entry = { dtype: 'F32', readable: true, byteOffset: 0, byteLength: 0 };
 * const { features } = findFeatures([{ ...entry, name: 'wte.weight', shape: [50, 8] }]);
 * tensorsOf(features[0]); // ['wte.weight']
 * ```
 */
export function tensorsOf({ tensor, fold, product }: FeatureMatrix): string[] {
  const ranges = [...(product?.outputs ?? []), ...(product?.inputs ?? [])];
  const names = ranges.length > 0 ? ranges.map((range) => range.tensor) : [tensor];
  if (fold !== undefined) names.push(fold.partner.tensor);
  return [...new Set(names)];
}
