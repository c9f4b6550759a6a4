import { D, GEMMA_2, N, parts, type DictionaryFile } from './shared.ts';

/** Dimensions of each part of a crosscoder of two models. */
const TWO_MODELS = { 0: 8, 1: 8, concatenated: 16 };
/** Dimensions of each part of a crosscoder of models and layers. */
const ONE_MODEL = { '0/0': 8, '0/1': 8, '0/all': 16, concatenated: 16 };
const TWO_BY_THREE = {
  '0/0': 8,
  '0/1': 8,
  '0/2': 8,
  '1/0': 8,
  '1/1': 8,
  '1/2': 8,
  '0/all': 24,
  '1/all': 24,
  'all/0': 16,
  'all/1': 16,
  'all/2': 16,
  concatenated: 48,
};

/** Coders with parts: models, hook points, target layers. */
export const WITH_PARTS: Record<string, DictionaryFile> = {
  'a layer of the cross-layer transcoder of Gemma Scope 2': {
    layout: 'Gemma Scope 2 cross-layer transcoder',
    shapes: { ...GEMMA_2, w_dec: [N, 2, D], affine_skip_connection: [D, D] },
    hints: { path: 'clt/width_262k_l0_medium_affine/params_layer_1.safetensors' },
    expected: [
      'transcoder-encoder 1: columns, 24 x 8',
      ...parts('transcoder-decoder 1', 'rows', { 1: 8, 2: 8, sum: 8, concatenated: 16 }),
    ],
  },
  'a layer of a cross-layer transcoder of circuit-tracer, both files': {
    layout: 'circuit-tracer cross-layer transcoder',
    shapes: {
      W_enc_1: [N, D],
      b_enc_1: [N],
      b_dec_1: [D],
      threshold_1: [N],
      W_dec_1: [N, 2, D],
    },
    expected: [
      'transcoder-encoder 1: rows, 24 x 8',
      ...parts('transcoder-decoder 1', 'rows', { 1: 8, 2: 8, sum: 8, concatenated: 16 }),
    ],
  },
  'the crosscoder of ckkissane': {
    layout: 'crosscoder',
    shapes: { W_enc: [2, D, N], W_dec: [N, 2, D], b_enc: [N], b_dec: [2, D] },
    hints: { config: { d_in: D, dict_size: N, hook_point: 'blocks.14.hook_resid_pre' } },
    expected: [
      ...parts('crosscoder-encoder 14', 'columns', TWO_MODELS),
      ...parts('crosscoder-decoder 14', 'rows', TWO_MODELS),
    ],
  },
  'a crosscoder with its models first': {
    layout: 'crosscoder',
    shapes: { W_enc: [2, D, N], W_dec: [2, N, D], b_enc: [N], b_dec: [2, D] },
    expected: [
      ...parts('crosscoder-encoder -', 'columns', TWO_MODELS),
      ...parts('crosscoder-decoder -', 'rows', TWO_MODELS),
    ],
  },
  'the crosscoder of dictionary_learning': {
    layout: 'dictionary_learning crosscoder',
    shapes: {
      'encoder.weight': [2, D, N],
      'encoder.bias': [N],
      'decoder.weight': [2, N, D],
      'decoder.bias': [2, D],
      code_normalization_id: [],
    },
    hints: { config: { activation_dim: D, dict_size: N, num_layers: 2 } },
    expected: [
      ...parts('crosscoder-encoder -', 'columns', TWO_MODELS),
      ...parts('crosscoder-decoder -', 'rows', TWO_MODELS),
    ],
  },
  'the crosscoder of OpenMOSS, layers from its hook points': {
    layout: 'OpenMOSS crosscoder',
    shapes: { W_E: [2, D, N], b_E: [2, N], W_D: [2, N, D], b_D: [2, D] },
    hints: {
      config: {
        sae_type: 'crosscoder',
        d_model: D,
        expansion_factor: 3,
        hook_points: ['blocks.4.hook_resid_post', 'blocks.8.hook_resid_post'],
      },
    },
    expected: [
      'crosscoder-encoder - part concatenated: columns, 24 x 16',
      'crosscoder-encoder 4 part 0: columns, 24 x 8',
      'crosscoder-encoder 8 part 1: columns, 24 x 8',
      'crosscoder-decoder - part concatenated: rows, 24 x 16',
      'crosscoder-decoder 4 part 0: rows, 24 x 8',
      'crosscoder-decoder 8 part 1: rows, 24 x 8',
    ],
  },
  'a cross-layer transcoder of OpenMOSS, a decoder per target layer': {
    layout: 'OpenMOSS cross-layer transcoder',
    shapes: {
      W_E: [2, D, N],
      b_E: [2, N],
      'W_D.0': [1, N, D],
      'W_D.1': [2, N, D],
      'b_D.0': [D],
      'b_D.1': [D],
    },
    hints: { config: { sae_type: 'clt', d_model: D, expansion_factor: 3 } },
    expected: [
      'transcoder-encoder 0 index 0: columns, 24 x 8',
      'transcoder-encoder 1 index 1: columns, 24 x 8',
      ...parts('transcoder-decoder 0', 'rows', { 0: 8, 1: 8, sum: 8, concatenated: 16 }),
      'transcoder-decoder 1 part 1: rows, 24 x 8',
      'transcoder-decoder 1 part sum: rows, 24 x 8',
      'transcoder-decoder 1 part concatenated: rows, 24 x 8',
    ],
  },
  'a cross-layer transcoder of Gemma Scope 2 in one file': {
    layout: 'Gemma Scope 2 cross-layer transcoder',
    shapes: {
      w_enc: [2, D, N],
      w_dec: [2, N, 2, D],
      b_enc: [2, N],
      b_dec: [2, D],
      threshold: [2, N],
      affine_skip_connection: [2, D, D],
    },
    expected: [
      'transcoder-encoder 0 index 0: columns, 24 x 8',
      'transcoder-encoder 1 index 1: columns, 24 x 8',
      ...parts('transcoder-decoder 0', 'rows', { 0: 8, 1: 8, sum: 8, concatenated: 16 }),
      'transcoder-decoder 1 part 1: rows, 24 x 8',
      'transcoder-decoder 1 part sum: rows, 24 x 8',
      'transcoder-decoder 1 part concatenated: rows, 24 x 8',
    ],
  },
  'toy autoencoders of ARENA': {
    layout: 'ARENA toy autoencoder',
    shapes: { W_enc: [2, 3, 5], _W_dec: [2, 5, 3], b_enc: [2, 5], b_dec: [2, 3] },
    expected: [
      'sae-encoder - index 0: columns, 5 x 3',
      'sae-encoder - index 1: columns, 5 x 3',
      'sae-decoder - index 0: rows, 5 x 3',
      'sae-decoder - index 1: rows, 5 x 3',
    ],
  },
  'tied toy autoencoders of ARENA': {
    layout: 'ARENA toy autoencoder',
    shapes: { W_enc: [2, 3, 5], b_enc: [2, 5], b_dec: [2, 3] },
    expected: ['sae-encoder - index 0: columns, 5 x 3', 'sae-encoder - index 1: columns, 5 x 3'],
  },
  'a crosscoder of models and hook points': {
    layout: 'crosscode crosscoder',
    shapes: {
      _W_enc_XiDiL: [2, 3, D, N],
      _W_dec_LXoDo: [N, 2, 3, D],
      b_enc_L: [N],
      _b_dec_XoDo: [2, 3, D],
      is_folded: [],
      folded_scaling_factors_in_Xi: [2, 3],
      folded_scaling_factors_out_Xo: [2, 3],
    },
    hints: {
      config: {
        n_models: 2,
        hookpoints: [4, 8, 12].map((layer) => `blocks.${layer}.hook_resid_post`),
        activation_fn: { classname: 'BatchTopkActivation', cfg: { k_per_example: 4 } },
      },
    },
    expected: ['encoder', 'decoder'].flatMap((side) => {
      const axis = side === 'encoder' ? 'columns' : 'rows';
      return [
        ...parts(`crosscoder-${side} -`, axis, { '0/all': 24, '1/all': 24, concatenated: 48 }),
        ...[4, 8, 12].flatMap((layer, l) =>
          parts(`crosscoder-${side} ${layer}`, axis, {
            [`0/${l}`]: 8,
            [`1/${l}`]: 8,
            [`all/${l}`]: 16,
          }),
        ),
      ];
    }),
  },
  'an older crosscoder of one model and two layers': {
    layout: 'crosscode crosscoder',
    shapes: {
      W_enc_MLDH: [1, 2, D, N],
      W_dec_HMLD: [N, 1, 2, D],
      b_enc_H: [N],
      b_dec_MLD: [1, 2, D],
      folded_scaling_factors_ML: [1, 2],
    },
    expected: [
      ...parts('crosscoder-encoder -', 'columns', ONE_MODEL),
      ...parts('crosscoder-decoder -', 'rows', ONE_MODEL),
    ],
  },
  'an older crosscoder with one axis of parts': {
    layout: 'crosscode crosscoder of one axis',
    shapes: { W_enc_XDH: [2, D, N], W_dec_HXD: [N, 2, D], b_enc_H: [N], b_dec_XD: [2, D] },
    expected: [
      ...parts('crosscoder-encoder -', 'columns', TWO_MODELS),
      ...parts('crosscoder-decoder -', 'rows', TWO_MODELS),
    ],
  },
  'a cross-layer transcoder of crosscode': {
    layout: 'crosscode cross-layer transcoder',
    shapes: { _W_enc_XiDiL: [D, N], _W_dec_LXoDo: [N, 2, D], b_enc_L: [N], _b_dec_XoDo: [2, D] },
    hints: { config: { out_layers_names: ['blocks.5.hook_mlp_out', 'blocks.7.hook_mlp_out'] } },
    expected: [
      'transcoder-encoder -: columns, 24 x 8',
      ...parts('transcoder-decoder -', 'rows', { concatenated: 16 }),
      ...parts('transcoder-decoder 5', 'rows', { 0: 8 }),
      ...parts('transcoder-decoder 7', 'rows', { 1: 8 }),
    ],
  },
  'a crosscoder of layers and models in another order': {
    layout: 'crosscoder of models and layers',
    shapes: { W_enc: [3, 2, D, N], W_dec: [3, 2, N, D], b_enc: [N], b_dec: [2, 3, D] },
    expected: [
      ...parts('crosscoder-encoder -', 'columns', TWO_BY_THREE),
      ...parts('crosscoder-decoder -', 'rows', TWO_BY_THREE),
    ].map((line) => `${line}?`),
  },
};
