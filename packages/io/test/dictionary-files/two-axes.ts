import {
  D,
  GEMMA_2,
  GEMMA_2_CONFIG,
  LLAMA_SCOPE,
  N,
  pair,
  SAELENS,
  type DictionaryFile,
} from './shared.ts';

/** Sparse autoencoders and transcoders: one vector per latent on each side. */
export const TWO_AXES: Record<string, DictionaryFile> = {
  'SAELens, layer from its hook': {
    layout: 'SAELens',
    shapes: SAELENS,
    hints: {
      config: {
        d_in: D,
        d_sae: N,
        architecture: 'standard',
        metadata: { hook_name: 'blocks.2.hook_resid_pre', model_name: 'gpt2-small' },
      },
    },
    expected: pair('sae', 2, ['columns', 'rows']),
  },
  'SAELens of hook_z': {
    layout: 'SAELens',
    shapes: SAELENS,
    hints: {
      config: {
        d_in: D,
        d_sae: N,
        reshape_activations: 'hook_z',
        metadata: { hook_name: 'blocks.5.attn.hook_z' },
      },
    },
    expected: pair('sae', 5, ['columns', 'rows']),
  },
  'Gemma Scope 1, layer from its folder and not from its sparsity': {
    layout: 'SAELens',
    shapes: { ...SAELENS, threshold: [N] },
    hints: {
      path: 'hf://google/gemma-scope-2b-pt-res/layer_12/width_16k/average_l0_71/params.npz',
    },
    expected: pair('sae', 12, ['columns', 'rows']),
  },
  'transcoders of Gemma Scope 1': {
    layout: 'SAELens',
    shapes: { ...SAELENS, threshold: [N] },
    hints: {
      path: 'hf://google/gemma-scope-2b-pt-transcoders/layer_3/width_16k/average_l0_9/params.npz',
    },
    expected: pair('transcoder', 3, ['columns', 'rows']),
  },
  'Gemma Scope 2': {
    layout: 'Gemma Scope 2',
    shapes: GEMMA_2,
    hints: { config: GEMMA_2_CONFIG },
    expected: pair('sae', 22, ['columns', 'rows']),
  },
  'Gemma Scope 2 without a configuration': {
    layout: 'Gemma Scope 2',
    shapes: GEMMA_2,
    hints: { path: 'resid_post/layer_7_width_16k_l0_medium/params.safetensors' },
    expected: pair('sae', 7, ['columns', 'rows']),
  },
  'a transcoder of Gemma Scope 2 with an affine skip connection': {
    layout: 'Gemma Scope 2',
    shapes: { ...GEMMA_2, affine_skip_connection: [D, D] },
    hints: { config: { ...GEMMA_2_CONFIG, type: 'transcoder', affine_connection: true } },
    expected: pair('transcoder', 22, ['columns', 'rows']),
  },
  'an old transcoder of circuit-tracer, both matrices transposed': {
    layout: 'SAELens',
    shapes: { W_enc: [N, D], W_dec: [D, N], b_enc: [N], b_dec: [D], W_skip: [D, D] },
    hints: { path: 'layer_0.safetensors' },
    expected: pair('transcoder', 0, ['rows', 'columns']),
  },
  'a transcoder of mwhanna, its encoder transposed': {
    layout: 'SAELens',
    shapes: { W_enc: [N, D], W_dec: [N, D], b_enc: [N], b_dec: [D] },
    hints: { path: 'qwen3-4b-transcoders/layer_11.safetensors' },
    expected: pair('transcoder', 11, ['rows', 'rows']),
  },
  'Qwen Scope': {
    layout: 'SAELens',
    shapes: { W_enc: [N, D], W_dec: [D, N], b_enc: [N], b_dec: [D] },
    hints: { path: 'hf://Qwen/SAE-Res-Qwen3-1.7B-Base-W32K-L0_50/layer5.sae.pt' },
    expected: pair('sae', 5, ['rows', 'columns']),
  },
  'sparsify, 0 latents meaning the expansion factor': {
    layout: 'sparsify',
    shapes: { W_dec: [N, D], b_dec: [D], 'encoder.bias': [N], 'encoder.weight': [N, D] },
    hints: {
      config: { expansion_factor: 3, normalize_decoder: true, num_latents: 0, k: 4, d_in: D },
      path: 'layers.3/sae.safetensors',
    },
    expected: pair('sae', 3, ['rows', 'rows']),
  },
  'sparsify without biases': {
    layout: 'sparsify',
    shapes: { W_dec: [N, D], 'encoder.weight': [N, D] },
    hints: {
      config: { expansion_factor: 3, num_latents: 0, k: 4, d_in: D },
      path: 'h.4.mlp/sae.safetensors',
    },
    expected: pair('sae', 4, ['rows', 'rows']),
  },
  'Llama Scope': {
    layout: 'dictionary_learning',
    shapes: LLAMA_SCOPE,
    hints: {
      config: { d_model: D, d_sae: N, hook_point_in: 'blocks.9.hook_resid_post' },
      path: 'checkpoints/final.safetensors',
    },
    expected: pair('sae', 9, ['rows', 'columns']),
  },
  'Llama Scope, layer from its folder': {
    layout: 'dictionary_learning',
    shapes: LLAMA_SCOPE,
    hints: { path: 'Llama3_1-8B-Base-L15R-8x/checkpoints/final.safetensors' },
    expected: pair('sae', 15, ['rows', 'columns']),
  },
  'Llama Scope R1-Distill': {
    layout: 'dictionary_learning',
    shapes: { ...LLAMA_SCOPE, log_jumprelu_threshold: [N] },
    hints: {
      config: { d_model: D, expansion_factor: 3, hook_point_in: 'blocks.20.hook_resid_post' },
    },
    expected: pair('sae', 20, ['rows', 'columns']),
  },
  'DeepSeek R1, layer from its name': {
    layout: 'dictionary_learning',
    shapes: LLAMA_SCOPE,
    hints: { path: 'DeepSeek-R1-Distill-Llama-8B-SAE-l19.pt' },
    expected: pair('sae', 19, ['rows', 'columns']),
  },
  Goodfire: {
    layout: 'Goodfire',
    shapes: {
      'encoder_linear.weight': [N, D],
      'encoder_linear.bias': [N],
      'decoder_linear.weight': [D, N],
      'decoder_linear.bias': [D],
    },
    hints: { path: 'Llama-3.3-70B-Instruct-SAE-l50.pt' },
    expected: pair('sae', 50, ['rows', 'columns']),
  },
  'dictionary_learning, its configuration in a trainer': {
    layout: 'dictionary_learning',
    shapes: { 'encoder.weight': [N, D], 'decoder.weight': [D, N], 'encoder.bias': [N], bias: [D] },
    hints: {
      config: {
        trainer: { dict_class: 'AutoEncoder', activation_dim: D, dict_size: N, layer: 12 },
      },
      path: 'resid_post_layer_12/trainer_0/ae.pt',
    },
    expected: pair('sae', 12, ['rows', 'columns']),
  },
  'gated dictionary_learning': {
    layout: 'dictionary_learning',
    shapes: {
      decoder_bias: [D],
      'encoder.weight': [N, D],
      r_mag: [N],
      gate_bias: [N],
      mag_bias: [N],
      'decoder.weight': [D, N],
    },
    expected: pair('sae', '-', ['rows', 'columns']),
  },
  'Matryoshka BatchTopK of dictionary_learning': {
    layout: 'SAELens',
    shapes: { k: [], threshold: [], group_sizes: [3], ...SAELENS },
    expected: pair('sae', '-', ['columns', 'rows']),
  },
  "OpenAI's": {
    layout: 'OpenAI sparse_autoencoder',
    shapes: {
      pre_bias: [D],
      latent_bias: [N],
      stats_last_nonzero: [N],
      'encoder.weight': [N, D],
      'decoder.weight': [D, N],
    },
    expected: pair('sae', '-', ['rows', 'columns']),
  },
  'a compiled dictionary': {
    layout: 'dictionary_learning',
    shapes: {
      '_orig_mod.encoder.weight': [N, D],
      '_orig_mod.encoder.bias': [N],
      '_orig_mod.decoder.weight': [D, N],
      '_orig_mod.bias': [D],
    },
    expected: pair('sae', '-', ['rows', 'columns']),
  },
  'OpenMOSS, whose W_E is no token embedding': {
    layout: 'OpenMOSS',
    shapes: { W_E: [D, N], b_E: [N], W_D: [N, D], b_D: [D] },
    hints: {
      config: {
        sae_type: 'sae',
        d_model: D,
        expansion_factor: 3,
        act_fn: 'jumprelu',
        hook_point_in: 'blocks.9.hook_resid_post',
        hook_point_out: 'blocks.9.hook_resid_post',
      },
    },
    expected: pair('sae', 9, ['columns', 'rows']),
  },
  'OpenMOSS without decoder bias, as many latents as dimensions': {
    layout: 'OpenMOSS',
    shapes: { W_E: [D, D], b_E: [D], W_D: [D, D] },
    expected: ['sae-encoder -: columns, 8 x 8?', 'sae-decoder -: rows, 8 x 8?'],
  },
  'a transcoder of OpenMOSS': {
    layout: 'OpenMOSS',
    shapes: { W_E: [D, N], b_E: [N], W_D: [N, D], b_D: [D] },
    hints: {
      config: {
        sae_type: 'sae',
        hook_point_in: 'blocks.4.ln2.hook_normalized',
        hook_point_out: 'blocks.4.hook_mlp_out',
      },
    },
    expected: pair('transcoder', 4, ['columns', 'rows']),
  },
  'Lorsa of OpenMOSS': {
    layout: 'OpenMOSS Lorsa',
    shapes: {
      W_Q: [2, D, 4],
      W_K: [2, D, 4],
      W_V: [N, D],
      W_O: [N, D],
      b_Q: [2, 4],
      b_K: [2, 4],
      b_V: [N],
      b_D: [D],
    },
    hints: {
      config: {
        sae_type: 'lorsa',
        hook_point_in: 'blocks.6.ln1.hook_normalized',
        hook_point_out: 'blocks.6.hook_attn_out',
      },
    },
    expected: pair('transcoder', 6, ['rows', 'rows']),
  },
  'Temporal SAE': {
    layout: 'Temporal SAE',
    shapes: { D: [N, D], E: [D, N], b: [1, D], 'attn_layers.0.k_ctx.weight': [D, N] },
    hints: { path: 'layer_12/temporal/latest_ckpt.safetensors' },
    expected: pair('sae', 12, ['columns', 'rows']),
  },
  'Temporal SAE, tied': {
    layout: 'Temporal SAE',
    shapes: { D: [N, D], b: [1, D], 'attn_layers.0.k_ctx.weight': [D, N] },
    expected: ['sae-encoder -: rows, 24 x 8, tied', 'sae-decoder -: rows, 24 x 8'],
  },
  'a decoder alone': {
    layout: 'SAELens',
    shapes: { W_dec: [N, D] },
    expected: ['sae-decoder -: rows, 24 x 8?'],
  },
  'a decoder alone, transposed': {
    layout: 'SAELens',
    shapes: { W_dec: [D, N] },
    expected: ['sae-decoder -: columns, 24 x 8?'],
  },
  'a mixture of linear transforms': {
    layout: 'OpenMOSS MOLT',
    shapes: {
      W_E: [D, 6],
      b_E: [6],
      b_D: [D],
      'U_matrices.1': [4, D, 1],
      'V_matrices.1': [4, 1, D],
      'U_matrices.4': [2, D, 4],
      'V_matrices.4': [2, 4, D],
    },
    hints: {
      config: {
        sae_type: 'molt',
        hook_point_in: 'blocks.3.ln2.hook_normalized',
        hook_point_out: 'blocks.3.hook_mlp_out',
      },
    },
    expected: [
      'transcoder-encoder 3: columns, 6 x 8',
      'component-in 3: rows, 4 x 8',
      'component-out 3: rows, 4 x 8',
    ],
    notes: [
      'U_matrices.4 and V_matrices.4 hold no features: a transform of rank 4 determines only the product of both, not their vectors',
    ],
  },
  'a transcoder of crosscode': {
    layout: 'crosscode',
    shapes: {
      _W_enc_XiDiL: [D, N],
      _W_dec_LXoDo: [N, D],
      b_enc_L: [N],
      _b_dec_XoDo: [D],
      W_skip_DD: [D, D],
    },
    hints: { config: { d_model: D, n_latents: N } },
    expected: pair('transcoder', '-', ['columns', 'rows']),
  },
};
