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
  'crosscoder-encoder',
  'crosscoder-decoder',
  'component-in',
  'component-out',
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
  /**
   * A matrix in a tensor with more axes, when `index` cannot name it: one entry per axis, null for the two axes of the
   * matrix and an index for each other one. `[null, 2, null]` is W[:, 2, :].
   */
  readonly slice?: readonly (number | null)[];
  readonly from?: number;
  readonly to?: number;
}

/** Stored vectors, or vectors combined from several matrices with equally many vectors. */
export interface FeatureVectors extends VectorRange {
  /** The matrices that are combined; the range itself repeats the first one. */
  readonly parts?: readonly VectorRange[];
  /** Concatenates the vectors of the parts, the default, or adds them. */
  readonly combine?: 'concatenated' | 'sum';
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
  readonly partner: FeatureVectors;
  readonly power: 1 | -1;
  /** Measure that replaces the norm of the partner. */
  readonly measure?: FoldMeasure;
}

/** A weighted sum of the norm of concatenated vectors, times `whole`, and of the norms of their parts, times `parts`. */
export interface FoldMeasure {
  /** Name of the measure in the project that defines it. */
  readonly name: string;
  readonly whole: number;
  readonly parts: number;
}

/** A known matrix of features: where it is stored and what its vectors are. */
export interface FeatureMatrix extends FeatureVectors {
  readonly preset: Preset;
  /** Name of the layout that found it, such as `GPT-2`. */
  readonly layout: string;
  /** Layer, counted from 0 as in the names of the tensors; null if it belongs to no layer. */
  readonly layer: number | null;
  /** Attention head, if it belongs to one. */
  readonly head?: number;
  /** Expert of a mixture, by number or name, if it belongs to one. */
  readonly expert?: string;
  /**
   * Part of a crosscoder or cross-layer transcoder: the number of a model, layer or hook point, `sum` or
   * `concatenated`.
   */
  readonly part?: string;
  /** Thing that `part` counts, such as `model` or `target layer`. */
  readonly partOf?: string;
  /** Decoders of all parts, whose norms per latent can be compared. */
  readonly decoders?: readonly VectorRange[];
  /** Names of these parts. */
  readonly partLabels?: readonly string[];
  /** Number of features, N. */
  readonly features: number;
  /** Number of dimensions, D. */
  readonly dims: number;
  /** Meaning of one feature. */
  readonly description: string;
  /** Reason why this axis counts the features. */
  readonly why: string;
  /** Doubts that names and shapes leave; absent if none. */
  readonly doubt?: string;
  /** The preset whose tensor it shares, if it has none of its own. */
  readonly tiedTo?: Preset;
  readonly fold?: NormFold;
  /** Reason why norms are not folded, where folding would change what the latents do. */
  readonly unfolded?: string;
  readonly product?: VectorProduct;
}

/**
 * Lists the tensors needed for a matrix of features, including the one whose norms it folds in.
 *
 * @param matrix a matrix found by `findFeatures`.
 * @returns names of tensors, each once.
 * @example
 * ```js
 * import { findFeatures, tensorsOf } from 'polysem/io';
 * const entry = { dtype: 'F32', readable: true, byteOffset: 0, byteLength: 0 };
 * const { features } = findFeatures([{ ...entry, name: 'wte.weight', shape: [50, 8] }]);
 * tensorsOf(features[0]); // ['wte.weight']
 * ```
 */
export function tensorsOf({ fold, product, ...vectors }: FeatureMatrix): string[] {
  const factors = [...(product?.outputs ?? []), ...(product?.inputs ?? [])];
  const ranges = factors.length > 0 ? factors : partsOf(vectors);
  const partners = fold === undefined ? [] : partsOf(fold.partner);
  return [...new Set([...ranges, ...partners].map(({ tensor }) => tensor))];
}

/** Lists the stored matrices of which vectors are made. */
export function partsOf(vectors: FeatureVectors): readonly VectorRange[] {
  return vectors.parts ?? [vectors];
}
