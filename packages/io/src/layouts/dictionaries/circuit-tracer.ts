import type { CoderLayout } from './coder-layout.ts';

/**
 * Cross-layer transcoder of circuit-tracer, two files per layer: W_enc_0.safetensors with W_enc_0 d_sae x d_model, b_enc_0,
 * b_dec_0 and threshold_0, and W_dec_0.safetensors with W_dec_0 d_sae x target layers x d_model. The folder holds both.
 */
export const CIRCUIT_TRACER_CLT: CoderLayout = {
  name: 'circuit-tracer cross-layer transcoder',
  encoder: { name: 'W_enc_{L}', orders: [['latents', 'dims']] },
  decoder: { name: 'W_dec_{L}', orders: [['latents', 'parts', 'dims']] },
  latents: ['b_enc_{L}', 'threshold_{L}'],
  dims: ['b_dec_{L}'],
  kind: 'transcoder',
  partOf: 'target layer',
  isDistinctive: true,
  accepts: () => true,
};
