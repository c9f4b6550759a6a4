import type { ModelConfig } from '../model-config.ts';
import { sectionsOf } from './layer-names.ts';
import { codeNormalisation } from './code-normalisation.ts';
import { axesOf, type CoderGroup, type CoderLayout } from './coder-layout.ts';

/*
 * Dictionaries made of torch.nn.Linear, whose weights are out x in: encoder.weight d_sae x d_in, decoder.weight d_in x d_sae.
 * Many networks have an encoder and a decoder, so a bias, threshold or configured size must confirm it.
 */

const OF_LATENTS = [
  'b_enc',
  'threshold',
  'log_threshold',
  'log_jumprelu_threshold',
  'b_gate',
  'b_mag',
  'r_mag',
  'encoder.bias',
  'latent_bias',
  'gate_bias',
  'mag_bias',
] as const;
const OF_DIMS = ['b_dec', 'decoder.bias', 'pre_bias', 'decoder_bias', 'bias'] as const;

const ENCODER = { name: 'encoder.weight', orders: [['latents', 'dims']] } as const;

/** EleutherAI's sparsify (layers.3/sae.safetensors): W_dec is d_sae x d_in. Its latents are selected by TopK. */
export const SPARSIFY: CoderLayout = {
  name: 'sparsify',
  encoder: ENCODER,
  decoder: { name: 'W_dec', orders: [['latents', 'dims']] },
  latents: OF_LATENTS,
  dims: OF_DIMS,
  isTopK: true,
  accepts: (group) => axesOf(group, 'W_dec') === 2 && axesOf(group, 'encoder.weight') === 2,
};

const LINEAR = {
  encoder: ENCODER,
  decoder: { name: 'decoder.weight', orders: [['dims', 'latents']] },
  latents: OF_LATENTS,
  dims: OF_DIMS,
} as const;

function isPair(group: CoderGroup): boolean {
  return axesOf(group, 'encoder.weight') === 2 && axesOf(group, 'decoder.weight') === 2;
}

/** Returns whether a configuration is that of a dictionary. */
function hasSizes(config: ModelConfig | null): boolean {
  return sectionsOf(config).some(
    (section) =>
      typeof section.d_in === 'number' ||
      (typeof section.activation_dim === 'number' && typeof section.dict_size === 'number'),
  );
}

/** OpenAI's sparse_autoencoder: pre_bias and latent_bias beside the linear layers. */
export const OPENAI: CoderLayout = {
  ...LINEAR,
  name: 'OpenAI sparse_autoencoder',
  accepts: (group) => isPair(group) && (group.has('latent_bias') || group.has('pre_bias')),
};

/** Llama Scope (checkpoints/final.safetensors): both linear layers have biases, and its R1 release has thresholds. */
export const DICTIONARY_LEARNING: CoderLayout = {
  ...LINEAR,
  name: 'dictionary_learning',
  accepts: (group, config) =>
    isPair(group) &&
    !OPENAI.accepts(group, config) &&
    ([...OF_LATENTS, ...OF_DIMS].some((name) => axesOf(group, name) === 1) || hasSizes(config)),
};

/**
 * Crosscoder of dictionary_learning (jkminder, science-of-finetuning): encoder.weight layers x d_model x d_sae, decoder.weight
 * layers x d_sae x d_model. Its layers are models where it compares models.
 */
export const DICTIONARY_LEARNING_CROSSCODER: CoderLayout = {
  ...LINEAR,
  name: 'dictionary_learning crosscoder',
  encoder: { name: 'encoder.weight', orders: [['parts', 'dims', 'latents']] },
  decoder: { name: 'decoder.weight', orders: [['parts', 'latents', 'dims']] },
  kind: 'crosscoder',
  partOf: 'model',
  measure: (group, { config, scalars }) => codeNormalisation(group, config, scalars),
  accepts: (group) =>
    axesOf(group, 'encoder.weight') === 3 && axesOf(group, 'decoder.weight') === 3,
};

/** Goodfire (Llama-3.3-70B-Instruct-SAE-l50.pt): encoder_linear and decoder_linear, both with biases. */
export const GOODFIRE: CoderLayout = {
  name: 'Goodfire',
  encoder: { name: 'encoder_linear.weight', orders: [['latents', 'dims']] },
  decoder: { name: 'decoder_linear.weight', orders: [['dims', 'latents']] },
  latents: ['encoder_linear.bias'],
  dims: ['decoder_linear.bias'],
  isDistinctive: true,
  accepts: (group) => axesOf(group, 'decoder_linear.weight') === 2,
};
