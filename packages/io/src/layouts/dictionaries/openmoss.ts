import { axesOf, type CoderLayout } from './coder-layout.ts';

/**
 * OpenMOSS Language-Model-SAEs (sae_weights.safetensors): W_E d_model x d_sae, b_E, W_D d_sae x d_model, b_D. Its W_E is an
 * encoder. The W_E of a transformer, which is its token embedding, has neither b_E nor W_D beside it.
 */
export const OPENMOSS: CoderLayout = {
  name: 'OpenMOSS',
  encoder: { name: 'W_E', orders: [['dims', 'latents']] },
  decoder: { name: 'W_D', orders: [['latents', 'dims']] },
  latents: [
    'b_E',
    'b_E_glu',
    'activation_function.log_jumprelu_threshold',
    'log_jumprelu_threshold',
  ],
  dims: ['b_D'],
  accepts: (group) =>
    axesOf(group, 'W_D') === 2 ||
    (axesOf(group, 'W_E') === 2 &&
      axesOf(group, 'b_E') === 1 &&
      group.matching(/^U_matrices\./).length === 0),
};

/** Crosscoder of OpenMOSS: W_E heads x d_model x d_sae, W_D heads x d_sae x d_model; a head is a hook point. */
export const OPENMOSS_CROSSCODER: CoderLayout = {
  ...OPENMOSS,
  name: 'OpenMOSS crosscoder',
  encoder: { name: 'W_E', orders: [['parts', 'dims', 'latents']] },
  decoder: { name: 'W_D', orders: [['parts', 'latents', 'dims']] },
  kind: 'crosscoder',
  partOf: 'hook point',
  accepts: (group) => axesOf(group, 'W_D') === 3,
};

/**
 * Lorsa of OpenMOSS, low-rank sparse attention: W_V and W_O, heads x d_model, are read and written by heads with one
 * dimension each; W_Q and W_K, shared by groups of heads, have three axes.
 */
export const LORSA: CoderLayout = {
  name: 'OpenMOSS Lorsa',
  encoder: { name: 'W_V', orders: [['latents', 'dims']] },
  decoder: { name: 'W_O', orders: [['latents', 'dims']] },
  latents: ['b_V'],
  dims: ['b_D'],
  kind: 'transcoder',
  isDistinctive: true,
  accepts: (group) =>
    axesOf(group, 'W_V') === 2 && axesOf(group, 'W_O') === 2 && axesOf(group, 'W_Q') === 3,
};
