import type { FeatureHints } from '@polysem/io/layouts';
import type { Shapes } from '../layout-files.ts';

/** A published file: names and shapes of its tensors, what lies beside it, and the matrices of features in it. */
export interface DictionaryFile {
  readonly layout: string;
  readonly shapes: Shapes;
  readonly hints?: FeatureHints;
  readonly expected: readonly string[];
  /** Notes on what is left out, and why. */
  readonly notes?: readonly string[];
}

/** Number of latents. */
export const N = 24;
/** Number of dimensions. */
export const D = 8;

/** Encoder and decoder of a dictionary of 24 latents in 8 dimensions, as the tests print them. */
export function pair(kind: string, layer: number | '-', axes: readonly [string, string]): string[] {
  const [encoder, decoder] = axes;
  return [
    `${kind}-encoder ${layer}: ${encoder}, 24 x 8`,
    `${kind}-decoder ${layer}: ${decoder}, 24 x 8`,
  ];
}

export const GEMMA_2 = { w_enc: [D, N], w_dec: [N, D], threshold: [N], b_enc: [N], b_dec: [D] };
export const GEMMA_2_CONFIG = {
  hf_hook_point_in: 'model.layers.22.output',
  hf_hook_point_out: 'model.layers.22.output',
  width: N,
  model_name: 'google/gemma-3-4b-it',
  architecture: 'jump_relu',
  l0: 50,
  affine_connection: false,
  type: 'sae',
};
export const LLAMA_SCOPE = {
  'decoder.bias': [D],
  'decoder.weight': [D, N],
  'encoder.bias': [N],
  'encoder.weight': [N, D],
};
export const SAELENS = { W_enc: [D, N], W_dec: [N, D], b_enc: [N], b_dec: [D] };

/** The matrices of one side of a crosscoder with these parts, as the tests print them. */
export function parts(
  side: string,
  axis: string,
  dims: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(dims).map(([part, d]) => `${side} part ${part}: ${axis}, 24 x ${d}`);
}
