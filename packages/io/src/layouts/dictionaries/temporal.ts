import { axesOf, type CoderLayout } from './coder-layout.ts';

/**
 * Temporal autoencoder (latest_ckpt.safetensors): D d_sae x d_in, E d_in x d_sae, b 1 x d_in, and attention over earlier
 * tokens. conf.yaml beside it says in sae_diff_type whether TopK selects its latents. Without E the encoder is D transposed.
 */
export const TEMPORAL: CoderLayout = {
  name: 'Temporal SAE',
  encoder: { name: 'E', orders: [['dims', 'latents']] },
  decoder: { name: 'D', orders: [['latents', 'dims']] },
  latents: [],
  dims: ['b'],
  isTied: true,
  accepts: (group) => axesOf(group, 'D') === 2 && axesOf(group, 'b') > 0 && axesOf(group, 'b') <= 2,
};
