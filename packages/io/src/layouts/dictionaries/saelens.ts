import { axesOf, type CoderGroup, type CoderLayout } from './coder-layout.ts';

/** Biases, thresholds and gates with one number per latent. */
const OF_LATENTS = ['b_enc', 'threshold', 'log_threshold', 'b_gate', 'b_mag', 'r_mag'] as const;

/** Returns whether a group has a decoder of any of these layouts. */
function hasDecoder(group: CoderGroup): boolean {
  return group.has('W_dec') || group.has('_W_dec');
}

/**
 * SAELens (sae_weights.safetensors, W_enc d_in x d_sae, W_dec d_sae x d_out), and all that use its names: Gemma Scope 1
 * (params.npz), Matryoshka and JumpReLU dictionaries of dictionary_learning (ae.pt). Qwen Scope and the transcoders of
 * circuit-tracer store one or both matrices transposed, which b_enc shows.
 */
export const SAELENS: CoderLayout = {
  name: 'SAELens',
  encoder: { name: 'W_enc', orders: [['dims', 'latents']] },
  decoder: { name: 'W_dec', orders: [['latents', 'dims']] },
  latents: OF_LATENTS,
  dims: ['b_dec', 'pre_bias'],
  accepts: (group) =>
    !group.has('encoder.weight') &&
    (axesOf(group, 'W_dec') === 2 ||
      (axesOf(group, 'W_enc') === 2 && group.has('b_enc') && !hasDecoder(group))),
};

/**
 * Crosscoder of ckkissane and its relatives: W_enc n_models x d_model x d_sae, W_dec d_sae x n_models x d_model, b_enc
 * d_sae, b_dec n_models x d_model. Others permute the axes, which the biases show. With models and layers, each tensor has one
 * axis more.
 */
export const CROSSCODER: CoderLayout = {
  name: 'crosscoder',
  encoder: { name: 'W_enc', orders: [['parts', 'dims', 'latents']] },
  decoder: { name: 'W_dec', orders: [['latents', 'parts', 'dims']] },
  latents: OF_LATENTS,
  dims: ['b_dec'],
  kind: 'crosscoder',
  partOf: 'model',
  accepts: (group) => axesOf(group, 'W_dec') === 3 && axesOf(group, 'b_enc') !== 2,
};

export const CROSSCODER_OF_LAYERS: CoderLayout = {
  ...CROSSCODER,
  name: 'crosscoder of models and layers',
  encoder: { name: 'W_enc', orders: [['parts', 'layers', 'dims', 'latents']] },
  decoder: { name: 'W_dec', orders: [['latents', 'parts', 'layers', 'dims']] },
  partOf: 'model/layer',
  doubt: () => 'only sizes tell models from layers; the first of both axes of b_dec counts models',
  accepts: (group) => axesOf(group, 'W_dec') === 4,
};

/**
 * Toy autoencoders of ARENA, one per instance: W_enc n_inst x d_in x d_sae, W_dec (or _W_dec) n_inst x d_sae x d_in, b_enc
 * n_inst x d_sae, b_dec n_inst x d_in. Without a decoder of its own it is tied.
 */
const ARENA: CoderLayout = {
  name: 'ARENA toy autoencoder',
  encoder: { name: 'W_enc', orders: [['instances', 'dims', 'latents']] },
  decoder: { name: '_W_dec', orders: [['instances', 'latents', 'dims']] },
  latents: ['b_enc', 'r_mag', 'b_mag', 'b_gate', 'threshold', 'log_threshold'],
  dims: ['b_dec'],
  stack: 'instances',
  accepts: (group) => axesOf(group, '_W_dec') === 3,
};

export const TOY_AUTOENCODERS: readonly CoderLayout[] = [
  ARENA,
  {
    ...ARENA,
    decoder: { name: 'W_dec', orders: [['instances', 'latents', 'dims']] },
    accepts: (group) =>
      axesOf(group, 'W_enc') === 3 && axesOf(group, 'b_enc') === 2 && !group.has('_W_dec'),
  },
  {
    ...ARENA,
    encoder: { name: 'W_enc', orders: [['dims', 'latents']] },
    decoder: { name: '_W_dec', orders: [['latents', 'dims']] },
    accepts: (group) => axesOf(group, '_W_dec') === 2,
  },
];
