import type { FeaturesAxis } from '../features/embedding.ts';

/** What the features of a matrix are, by the names that `--preset` takes. */
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

/** One of the kinds of features that layouts know. */
export type Preset = (typeof PRESETS)[number];

/** Vectors of one matrix in a file: its rows or its columns, all of them or those from `from` up to but not with `to`. */
export interface VectorRange {
  readonly tensor: string;
  /** Which axis counts the vectors. */
  readonly axis: FeaturesAxis;
  /** Of a stack of matrices, the first axis counting them, which one. */
  readonly index?: number;
  readonly from?: number;
  readonly to?: number;
}

/**
 * A matrix that is not stored but is the sum of outer products of stored vectors, sum_k out_k in_k^T: as many vectors in
 * `outputs`, one list after the other, as in `inputs`. Its features are its columns, one a coordinate of `in`.
 */
export interface VectorProduct {
  readonly outputs: readonly VectorRange[];
  readonly inputs: readonly VectorRange[];
}

/** Each feature's vector times the norm (power 1) of its partner in another matrix, or over that norm (power -1). */
export interface NormFold {
  readonly partner: VectorRange;
  readonly power: 1 | -1;
}

/** A matrix of features that a layout knows: where it is stored and what its vectors are. */
export interface FeatureMatrix extends VectorRange {
  readonly preset: Preset;
  /** The layout whose rule found it, such as `GPT-2`. */
  readonly layout: string;
  /** Counted from 0, as the names of the tensors count; null for what belongs to no layer. */
  readonly layer: number | null;
  /** The attention head, where one is meant. */
  readonly head?: number;
  /** The expert of a mixture, by number or by name, where one is meant. */
  readonly expert?: string;
  /** N, how many features there are. */
  readonly features: number;
  /** D, how many numbers a feature's vector has. */
  readonly dims: number;
  /** What one feature is. */
  readonly description: string;
  /** Why this axis counts the features. */
  readonly why: string;
  /** What the names and shapes leave open; absent where they leave nothing open. */
  readonly doubt?: string;
  /** The file has no tensor of its own for this; it shares the one of that preset. */
  readonly tiedTo?: Preset;
  readonly fold?: NormFold;
  readonly product?: VectorProduct;
}

/** The tensors that a matrix of features is made of, the ones it folds with included. */
export function tensorsOf({ tensor, fold, product }: FeatureMatrix): string[] {
  const ranges = [...(product?.outputs ?? []), ...(product?.inputs ?? [])];
  const names = ranges.length > 0 ? ranges.map((range) => range.tensor) : [tensor];
  if (fold !== undefined) names.push(fold.partner.tensor);
  return [...new Set(names)];
}
