import { axesOf, type CoderLayout } from './coder-layout.ts';

/**
 * Gemma Scope 2 (params.safetensors): w_enc d_in x d_sae, w_dec d_sae x d_out. Transcoders may have affine_skip_connection,
 * d_in x d_out, which maps around the latents and holds none.
 */
export const GEMMA_SCOPE_2: CoderLayout = {
  name: 'Gemma Scope 2',
  encoder: { name: 'w_enc', orders: [['dims', 'latents']] },
  decoder: { name: 'w_dec', orders: [['latents', 'dims']] },
  latents: ['b_enc', 'threshold'],
  dims: ['b_dec'],
  accepts: (group) =>
    axesOf(group, 'w_dec') === 2 || (axesOf(group, 'w_enc') === 2 && !group.has('w_dec')),
};

/**
 * Cross-layer transcoder of Gemma Scope 2, one file per layer (params_layer_0.safetensors): w_dec d_sae x target layers x
 * d_model, targets from its own layer on.
 */
export const GEMMA_SCOPE_2_CLT: CoderLayout = {
  ...GEMMA_SCOPE_2,
  name: 'Gemma Scope 2 cross-layer transcoder',
  decoder: { name: 'w_dec', orders: [['latents', 'parts', 'dims']] },
  kind: 'transcoder',
  partOf: 'target layer',
  isDistinctive: true,
  accepts: (group) => axesOf(group, 'w_dec') === 3 && axesOf(group, 'w_enc') !== 3,
};
