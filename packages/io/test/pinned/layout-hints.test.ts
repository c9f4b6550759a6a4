import { findFeatures, type FeatureHints, type ModelConfig } from '@polysem/io/layouts';
import { pinned } from '../../../core/test/pinned/pinned.ts';
import { DICTIONARY_FILES } from '../dictionary-files/index.ts';
import { entries, type Shapes } from '../layout-files.ts';

// Features found in a checkpoint of each layout with one more vector or one key of a configuration. It has fewer latents than
// dimensions, so that shapes alone leave the axes in doubt. Other tests show that these are right; here they are pinned, so that
// no change goes unnoticed.

const VECTORS =
  'b_enc threshold log_threshold log_jumprelu_threshold activation_function.log_jumprelu_threshold b_gate b_mag r_mag ' +
  'encoder.bias latent_bias gate_bias mag_bias b_dec decoder.bias pre_bias decoder_bias bias b b_E b_E_glu b_D b_V k ' +
  'b_enc_1 b_dec_1 threshold_1 encoder_linear.bias decoder_linear.bias b_enc_L _b_dec_XoDo b_final bias1 bias2 W_E ' +
  'b_enc_H b_dec_XD b_dec_MLD D W_E.weight code_normalization_id W_skip W_skip_DD affine_skip_connection linear_component.A S Vh Sigma s C A_log dt';

/** One dictionary per layout. */
const DICTIONARIES = new Map(
  Object.values(DICTIONARY_FILES).map(({ layout, shapes }) => [layout, narrow(shapes)]),
);

for (const [layout, shapes] of DICTIONARIES) {
  const matrices = without(shapes, (_, shape) => shape.length === 1);
  pinned(`${layout}, one vector beside its matrices`, () =>
    VECTORS.split(' ').map((name) =>
      [[5], [8], ...(name.startsWith('b_') ? [[2, 5]] : [])].map((shape) =>
        outcome({ ...matrices, [name]: shape }),
      ),
    ),
  );
  pinned(`${layout}, without one of its tensors`, () =>
    Object.keys(shapes).map((left) => outcome(without(shapes, (name) => name === left))),
  );
}

const KEYS =
  'd_sae num_latents dict_size d_hidden n_dirs n_latents dictionary_size d_in d_model activation_dim act_size dimin ' +
  'expansion_factor exp_factor n_models C k d_out transcode type sae_type architecture model_kind hook_name hook_point_in ' +
  'hf_hook_point_in hf_hook_name hook_point hookpoint act_name submodule_name feature_input_hook hook_name_out ' +
  'hook_point_out hf_hook_point_out hf_hook_name_out feature_output_hook hook_layer layer hook_points hookpoints ' +
  'out_layers_names activation_fn activation_fn_str activation act_fn dict_class trainer_class sae_diff_type ' +
  'rescale_acts_by_decoder_norm sparsity_include_decoder_norm code_normalization code_normalization_alpha_sae ' +
  'code_normalization_alpha_cc';
const VALUES = [
  5,
  8,
  0,
  0.625,
  7,
  true,
  'clt',
  'skip_transcoder',
  'mixed',
  'blocks.3.hook_x',
  'layers.6',
  ['blocks.4', 'blocks.9'],
  { classname: 'TopK' },
];
const PARTS = ['metadata', 'trainer', 'sae', 'llm', 'other'];
const TOLD = ['SAELens', 'dictionary_learning crosscoder', 'crosscode crosscoder'];

for (const [i, layout] of TOLD.entries()) {
  const matrices = without(DICTIONARIES.get(layout) ?? {}, (_, shape) => shape.length === 1);
  const told = (config: ModelConfig) => outcome(matrices, { config });
  pinned(`${layout}, one key of its configuration`, () =>
    KEYS.split(' ').map((key, k) => [
      ...(i === 0 ? VALUES : [5, 'blocks.3.hook_x']).map((value) => told({ [key]: value })),
      told({ [PARTS[k % PARTS.length]]: { [key]: 5 } }),
      // Beside others that mean something only together.
      told({ [key]: 5, d_in: 8, hook_name: 'blocks.3.hook_x', k: 4, code_normalization: 'MIXED' }),
      told({ [key]: 'blocks.3.hook_x', hook_name_out: 'blocks.3.hook_y' }),
      told({ [key]: true, activation_fn: 'topk' }),
    ]),
  );
}

function outcome(shapes: Shapes, hints?: FeatureHints): string {
  return JSON.stringify(findFeatures(entries(shapes), hints));
}

/** The shapes with 5 latents instead of 24. */
function narrow(shapes: Shapes): Shapes {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, shape.map((n) => (n === 24 ? 5 : n))]),
  );
}

function without(
  shapes: Shapes,
  isLeft: (name: string, shape: readonly number[]) => boolean,
): Shapes {
  return Object.fromEntries(Object.entries(shapes).filter(([name, shape]) => !isLeft(name, shape)));
}
