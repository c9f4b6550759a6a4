import { expect, it } from 'vitest';
import { groupsOf } from '../src/layouts/dictionaries/coder-layout.ts';
import { knownSizes } from '../src/layouts/dictionaries/known-sizes.ts';
import { DICTIONARIES } from '../src/layouts/dictionaries/registry.ts';
import { entries } from './layout-files.ts';

const SAELENS = 'b_enc threshold log_threshold b_gate b_mag r_mag';
const LINEAR = [
  `${SAELENS} log_jumprelu_threshold encoder.bias latent_bias gate_bias mag_bias`,
  'b_dec decoder.bias pre_bias decoder_bias bias',
] as const;
const OPENMOSS = [
  'b_E b_E_glu activation_function.log_jumprelu_threshold log_jumprelu_threshold',
  'b_D',
] as const;

/** Names of tensors with one number per latent, and per dimension, as the projects write them. */
const SIZES: Readonly<Record<string, readonly [latents: string, dims: string]>> = {
  'Gemma Scope 2': ['b_enc threshold', 'b_dec'],
  'Gemma Scope 2 cross-layer transcoder': ['b_enc threshold', 'b_dec'],
  'circuit-tracer cross-layer transcoder': ['b_enc_3 threshold_3', 'b_dec_3'],
  'OpenMOSS MOLT': ['b_E', 'b_D'],
  OpenMOSS: OPENMOSS,
  'OpenMOSS crosscoder': OPENMOSS,
  'OpenMOSS Lorsa': ['b_V', 'b_D'],
  Goodfire: ['encoder_linear.bias', 'decoder_linear.bias'],
  sparsify: LINEAR,
  'ARENA toy autoencoder': [SAELENS, 'b_dec'],
  crosscoder: [SAELENS, 'b_dec'],
  'crosscoder of models and layers': [SAELENS, 'b_dec'],
  SAELens: [SAELENS, 'b_dec pre_bias'],
  'OpenAI sparse_autoencoder': LINEAR,
  'dictionary_learning crosscoder': LINEAR,
  dictionary_learning: LINEAR,
  'Temporal SAE': ['', 'b'],
};

const rows = DICTIONARIES.filter(({ name }) => Object.hasOwn(SIZES, name)).flatMap((layout) =>
  (['latents', 'dims'] as const).flatMap((axis, at) =>
    SIZES[layout.name][at]
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => ({ layout, name, axis, of: layout.name })),
  ),
);

it.each(rows)('$name of $of says how many $axis there are', ({ layout, name, axis }) => {
  const coder = (layout.encoder ?? layout.decoder)?.name.replace('{L}', '3') ?? '';
  const [group] = groupsOf(layout, entries({ [coder]: [7, 5], [name]: [5] }));
  expect(knownSizes(layout, group, null, [7, 5])).toEqual({ [axis]: 5 });
});

it.each(Object.keys(SIZES))('%s is a layout', (name) => {
  expect(DICTIONARIES.map((layout) => layout.name)).toContain(name);
});

it.each([
  [{ n_models: 3 }, [24, 2, 3, 8], { parts: 3 }],
  [{ n_models: 4 }, [24, 2, 3, 8], {}],
  [{ n_models: 3 }, [24, 3, 8], {}],
  [{ n_models: '3' }, [24, 2, 3, 8], {}],
])('%o of a coder of shape %j says %o', (config, shape, expected) => {
  const layout = DICTIONARIES.find(({ name }) => name === 'crosscoder of models and layers')!;
  const [group] = groupsOf(layout, entries({ W_dec: shape }));
  expect(knownSizes(layout, group, config, shape)).toEqual(expected);
});
