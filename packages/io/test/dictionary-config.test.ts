// Keys of configurations as SAELens, sparsify, dictionary_learning, Gemma Scope, circuit-tracer and others write them.
import { bytesSource, type SourceFolder } from '@polysem/io/bytes';
import type { ModelConfig } from '@polysem/io/layouts';
import { describe, expect, it, test } from 'vitest';
import { readConfig } from '../src/layouts/read-config.ts';
import { unfoldedReason } from '../src/layouts/dictionaries/top-k.ts';
import { find, lines, type Shapes } from './layout-files.ts';

const [N, D] = [24, 8];
/** A dictionary without biases, whose shapes do not tell latents from dimensions. */
const BARE: Shapes = { W_dec: [N, D] };
const SECTIONS = ['metadata', 'trainer', 'sae', 'llm'];

/** A configuration at the top, and in each section that projects use. */
const everywhere = (config: ModelConfig): ModelConfig[] => [
  config,
  ...SECTIONS.map((section) => ({ [section]: config })),
];

describe('sizes', () => {
  it.each(['d_in', 'd_model', 'activation_dim', 'act_size', 'dimin'])(
    'dimensions are %s',
    (key) => {
      for (const config of everywhere({ [key]: N }))
        expect(lines(BARE, { config })).toEqual(['sae-decoder -: columns, 8 x 24']);
      for (const config of everywhere({ [key]: D }))
        expect(lines(BARE, { config })).toEqual(['sae-decoder -: rows, 24 x 8']);
    },
  );

  it.each([
    'd_sae',
    'num_latents',
    'dict_size',
    'd_hidden',
    'n_dirs',
    'n_latents',
    'dictionary_size',
  ])('latents are %s', (key) => {
    expect(lines(BARE, { config: { [key]: D } })).toEqual(['sae-decoder -: columns, 8 x 24']);
    expect(lines(BARE, { config: { [key]: N } })).toEqual(['sae-decoder -: rows, 24 x 8']);
  });

  it.each(['expansion_factor', 'exp_factor'])('latents are %s times the dimensions', (key) => {
    const shapes = { W_dec: [20, 20] };
    // A size that no axis has says nothing.
    expect(lines(shapes, { config: { d_in: 8, [key]: 3 } })[0]).toMatch(/\?$/);
    expect(lines({ W_dec: [6, 20] }, { config: { d_in: 8, [key]: 2.5 } })).toEqual([
      'sae-decoder -: columns, 20 x 6',
    ]);
    expect(lines({ W_dec: [6, 19] }, { config: { d_in: 8, [key]: 2.4 } })).toEqual([
      'sae-decoder -: columns, 19 x 6',
    ]);
  });

  it.each([0, -8, '8', 7])('a size of %j says nothing', (size) => {
    expect(lines(BARE, { config: { d_sae: size } })).toEqual(lines(BARE));
  });

  it('latents of a decoder are those of its encoder', () => {
    const shapes = { W_dec: [N, D], b_dec: [D], W_enc: [N, D], W_skip: [D, D] };
    expect(lines(shapes)).toEqual([
      'transcoder-encoder -: rows, 24 x 8',
      'transcoder-decoder -: rows, 24 x 8',
    ]);
  });

  it('biases count before the configuration', () => {
    const config = { d_sae: D };
    expect(lines({ ...BARE, b_enc: [N] }, { config })).toEqual(['sae-decoder -: rows, 24 x 8']);
  });
});

describe('vectors beside a dictionary say which axis counts its latents', () => {
  const latents = (shapes: Shapes): string[] =>
    lines({ ...shapes }).map((line) => line.replace(/.*: /, ''));
  const [PAIR, TURNED] = [
    [N, D],
    [D, N],
  ];
  it.each(['b_enc', 'threshold', 'log_threshold', 'b_gate', 'b_mag', 'r_mag'])(
    'SAELens: %s',
    (name) => {
      expect(latents({ W_dec: PAIR, [name]: [D] })).toEqual(['columns, 8 x 24']);
      expect(latents({ W_dec: TURNED, [name]: [N] })).toEqual(['columns, 24 x 8']);
    },
  );
  it.each(['b_dec', 'pre_bias'])('SAELens: %s, of the dimensions', (name) => {
    expect(latents({ W_dec: PAIR, [name]: [N] })).toEqual(['columns, 8 x 24']);
    expect(latents({ W_dec: PAIR, [name]: [D] })).toEqual(['rows, 24 x 8']);
  });
  it.each([
    'b_E',
    'b_E_glu',
    'activation_function.log_jumprelu_threshold',
    'log_jumprelu_threshold',
  ])('OpenMOSS: %s', (name) =>
    expect(latents({ W_D: PAIR, [name]: [D] })).toEqual(['columns, 8 x 24']),
  );
  it('OpenMOSS: b_D, of the dimensions', () =>
    expect(latents({ W_D: PAIR, b_D: [N] })).toEqual(['columns, 8 x 24']));
  it.each([
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
  ])('linear layers: %s', (name) => {
    const found = latents({ 'encoder.weight': TURNED, 'decoder.weight': PAIR, [name]: [N] });
    expect(found).toEqual(['columns, 24 x 8', 'rows, 24 x 8']);
  });
  it.each(['b_dec', 'decoder.bias', 'pre_bias', 'decoder_bias', 'bias'])(
    'linear layers: %s, of the dimensions',
    (name) => {
      const found = latents({ 'encoder.weight': TURNED, 'decoder.weight': PAIR, [name]: [D] });
      expect(found).toEqual(['columns, 24 x 8', 'rows, 24 x 8']);
    },
  );
  it('Gemma Scope 2', () => {
    for (const name of ['b_enc', 'threshold'])
      expect(latents({ w_dec: PAIR, [name]: [D] })).toEqual(['columns, 8 x 24']);
    expect(latents({ w_dec: PAIR, b_dec: [N] })).toEqual(['columns, 8 x 24']);
  });
  it('linear layers without any of them are those of another network', () => {
    expect(latents({ 'encoder.weight': [N, D], 'decoder.weight': [D, N] })).toEqual([]);
    expect(latents({ 'encoder.weight': [N, D], 'decoder.weight': [D, N], other: [N] })).toEqual([]);
  });
});

describe('projects are told apart', () => {
  const layoutOf = (shapes: Shapes) => new Set(find(shapes).map(({ layout }) => layout));
  const linear = { 'encoder.weight': [N, D], 'decoder.weight': [D, N] };
  it.each([
    [{ ...linear, latent_bias: [N] }, 'OpenAI sparse_autoencoder'],
    [{ ...linear, pre_bias: [D] }, 'OpenAI sparse_autoencoder'],
    [{ ...linear, 'encoder.bias': [N] }, 'dictionary_learning'],
    [{ 'encoder.weight': [N, D], W_dec: [N, D] }, 'sparsify'],
    [{ W_E: [D, N], b_E: [N] }, 'OpenMOSS'],
    [{ W_D: [N, D] }, 'OpenMOSS'],
    [{ W_E: [D, N] }, 'TransformerLens'],
    [{ W_enc: [D, N], b_enc: [N] }, 'SAELens'],
    [{ W_enc: [3, D, N], W_dec: [3, N, D], b_enc: [3, N], b_dec: [3, D] }, 'ARENA toy autoencoder'],
    [
      { W_enc: [3, D, N], _W_dec: [3, N, D], b_enc: [3, N], b_dec: [3, D] },
      'ARENA toy autoencoder',
    ],
    [{ W_enc: [D, N], _W_dec: [N, D], b_enc: [N] }, 'ARENA toy autoencoder'],
  ] as readonly (readonly [Shapes, string])[])('%j is that of %s', (shapes, layout) => {
    expect(layoutOf(shapes)).toEqual(new Set([layout]));
  });

  it('toy autoencoders have an encoder and a decoder per instance', () => {
    const others = { W_enc: [2, D, N], b_enc: [2, N], b_dec: [2, D] };
    for (const name of ['W_dec', '_W_dec'])
      expect(lines({ ...others, [name]: [2, N, D] })).toEqual([
        'sae-encoder - index 0: columns, 24 x 8',
        'sae-encoder - index 1: columns, 24 x 8',
        'sae-decoder - index 0: rows, 24 x 8',
        'sae-decoder - index 1: rows, 24 x 8',
      ]);
  });

  it('sparsify selects latents by TopK, so that norms are not folded', () => {
    const [encoder] = find({ 'encoder.weight': [N, D], W_dec: [N, D] });
    expect(encoder.unfolded).toContain('TopK');
    expect(encoder.fold).toBeUndefined();
    expect(find({ W_enc: [D, N], W_dec: [N, D] })[0].fold).toBeDefined();
  });

  it.each([
    [{ W_dec: [N, 2, D], b_enc: [N], b_dec: [2, D] }, 'model'],
    [{ W_dec: [N, 2, 3, D], b_dec: [2, 3, D] }, 'model/layer'],
    [{ W_D: [2, N, D], b_E: [N] }, 'hook point'],
    [{ w_dec: [N, 2, D], w_enc: [D, N] }, 'target layer'],
    [{ 'encoder.weight': [2, D, N], 'decoder.weight': [2, N, D] }, 'model'],
  ] as readonly (readonly [Shapes, string])[])(
    'the parts of %j are each a %s',
    (shapes, partOf) => {
      const parts = find(shapes).filter(({ part }) => part !== undefined);
      expect(new Set(parts.map((matrix) => matrix.partOf))).toEqual(new Set([partOf]));
    },
  );

  it('transforms of rank 1 without numbers are no components', () => {
    const molt = (u: number[], v: number[]) =>
      find({ W_E: [D, 4], b_E: [4], 'U_matrices.1': u, 'V_matrices.1': v }).filter(({ preset }) =>
        preset.startsWith('component'),
      ).length;
    expect(molt([4, D, 1], [4, 1, D])).toBe(2);
    expect(molt([4, 0, 1], [4, 1, D])).toBe(0);
    expect(molt([4, D, 1], [4, 1, 0])).toBe(0);
    expect(molt([4, D, 2], [4, 1, D])).toBe(0);
    expect(molt([4, D, 1], [4, 2, D])).toBe(0);
    expect(molt([4, D, 1], [3, 1, D])).toBe(0);
    expect(molt([4, D], [4, 1, D])).toBe(0);
  });
});

describe('layers and hook points', () => {
  const layerOf = (config: ModelConfig) => find(BARE, { config })[0].layer;
  it.each(['hook_layer', 'layer'])('%s is a number', (key) => {
    for (const config of everywhere({ [key]: 7 })) expect(layerOf(config)).toBe(7);
    expect(layerOf({ [key]: 0 })).toBe(0);
    for (const other of [-1, 0.5, '7', null]) expect(layerOf({ [key]: other })).toBeNull();
  });

  it.each([
    'hook_name',
    'hook_point_in',
    'hf_hook_point_in',
    'hf_hook_name',
    'hook_point',
    'hookpoint',
    'act_name',
    'submodule_name',
    'feature_input_hook',
  ])('%s names the point that is read', (key) => {
    for (const config of everywhere({ [key]: 'blocks.5.hook_mlp_in' }))
      expect(layerOf(config)).toBe(5);
    expect(layerOf({ [key]: 'model.layers.11.output' })).toBe(11);
    expect(layerOf({ [key]: 'resid_post_layer_12' })).toBe(12);
    expect(layerOf({ [key]: 'embed' })).toBeNull();
  });

  it.each([
    'hook_name_out',
    'hook_point_out',
    'hf_hook_point_out',
    'hf_hook_name_out',
    'feature_output_hook',
  ])('%s names the point that is written: another one makes a transcoder', (key) => {
    const presetOf = (output: string) =>
      find(BARE, { config: { hook_name: 'blocks.5.hook_mlp_in', [key]: output } })[0].preset;
    expect(presetOf('blocks.5.hook_mlp_out')).toBe('transcoder-decoder');
    expect(presetOf('blocks.5.hook_mlp_in')).toBe('sae-decoder');
  });

  it.each([
    { transcode: true },
    { type: 'transcoder' },
    { sae_type: 'skip_transcoder' },
    { architecture: 'transcoder' },
    { model_kind: 'clt' },
    { type: 'sae', metadata: { architecture: 'jumprelu_transcoder' } },
    { d_in: 8, d_out: 9 },
  ])('%j makes a transcoder', (config) => {
    expect(find(BARE, { config })[0].preset).toBe('transcoder-decoder');
  });

  it.each([
    { transcode: false },
    { type: 'sae' },
    { d_in: 8, d_out: 8 },
    { d_in: 8 },
    { d_out: 9 },
    { other: 'transcoder' },
  ])('%j makes no transcoder', (config) => {
    expect(find(BARE, { config, path: 'transcoders/a.pt' })[0].preset).toBe('sae-decoder');
  });

  it.each(['W_skip', 'affine_skip_connection'])('%s makes a transcoder', (name) => {
    expect(find({ ...BARE, [name]: [D, D] })[0].preset).toBe('transcoder-decoder');
  });

  it.each([
    ['a/transcoders/x.pt', 'transcoder-decoder'],
    ['my-transcoder-16k/x.pt', 'transcoder-decoder'],
    ['Transcoder_a/b/c/d/x.pt', 'transcoder-decoder'],
    ['transcoder_a/b/c/d/e/x.pt', 'sae-decoder'],
    ['mytranscoder/x.pt', 'sae-decoder'],
    ['transcoders2/x.pt', 'sae-decoder'],
  ])('without a configuration, the path %s makes a %s', (path, preset) => {
    expect(find(BARE, { path })[0].preset).toBe(preset);
  });
});

describe('TopK', () => {
  const says = 'TopK selects latents by their activations';
  it.each([
    'architecture',
    'activation_fn',
    'activation_fn_str',
    'activation',
    'act_fn',
    'dict_class',
    'trainer_class',
    'sae_diff_type',
  ])('is named by %s', (key) => {
    for (const name of ['topk', 'BatchTopK', 'top_k', 'AutoEncoderTop-K'])
      for (const config of everywhere({ [key]: name }))
        expect(unfoldedReason(config, false)).toContain(says);
    expect(unfoldedReason({ [key]: { classname: 'TopK' } }, false)).toContain(says);
    expect(unfoldedReason({ [key]: 'jumprelu' }, false)).toBeUndefined();
    expect(unfoldedReason({ [key]: { other: 'TopK' } }, false)).toBeUndefined();
  });

  it.each(['num_latents', 'expansion_factor'])('is meant by a positive k beside %s', (key) => {
    expect(unfoldedReason({ k: 1, [key]: 0 }, false)).toContain(says);
    for (const k of [0, -1, '3', undefined])
      expect(unfoldedReason({ k, [key]: 32 }, false)).toBeUndefined();
    expect(unfoldedReason({ k: 3 }, false)).toBeUndefined();
  });

  it('is known from names, or not at all', () => {
    expect(unfoldedReason(null, true)).toContain(says);
    expect(unfoldedReason(null, false)).toBeUndefined();
  });

  it.each(['rescale_acts_by_decoder_norm', 'sparsity_include_decoder_norm'])(
    'does not matter where %s is true',
    (key) => {
      expect(unfoldedReason({ [key]: true }, true)).toBeUndefined();
      expect(unfoldedReason({ activation: 'topk', sae: { [key]: true } }, false)).toBeUndefined();
      for (const value of [false, 'true', 1])
        expect(unfoldedReason({ [key]: value }, true)).toContain(says);
    },
  );
});

describe('names of files', () => {
  const folderOf = (texts: Readonly<Record<string, string>>, isListed = false): SourceFolder => ({
    name: 'f',
    open: async (file) =>
      Object.hasOwn(texts, file)
        ? bytesSource(file, new TextEncoder().encode(texts[file]))
        : undefined,
    ...(isListed && { list: async () => Object.keys(texts) }),
  });
  const NAMES = [
    'config.json',
    'cfg.json',
    'hyperparams.json',
    'conf.yaml',
    'config.yaml',
    'model_cfg.yaml',
    'final_config.yaml',
  ];

  test.each(NAMES)('%s is read', async (name) => {
    const text = name.endsWith('.json') ? '{"d_in": 8}' : 'd_in: 8\n';
    for (const isListed of [false, true])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await readConfig(folderOf({ [name]: text }, isListed))).toEqual({
        config: { d_in: 8 },
        notes: [],
      });
  });

  test('the first of several counts, and before all that of the file', async () => {
    const texts = Object.fromEntries(NAMES.map((name) => [name, `{"from": "${name}"}`]));
    for (const name of NAMES) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await readConfig(folderOf(texts))).config).toEqual({ from: name });
      delete texts[name];
    }
    const own = { '0_cfg.json': '{"own": 1}', 'config.json': '{"own": 0}' };
    expect((await readConfig(folderOf(own), '0.pt')).config).toEqual({ own: 1 });
    expect((await readConfig(folderOf(own), '1.pt')).config).toEqual({ own: 0 });
    expect((await readConfig(folderOf({}), '1.pt')).config).toBeNull();
  });

  test('one that cannot be read is noted, and the next one is read', async () => {
    const texts = {
      'config.json': '[1]',
      'cfg.json': '{',
      'conf.yaml': '- 1\n',
      'config.yaml': 'a: 1',
    };
    const { config, notes } = await readConfig(folderOf(texts));
    expect(config).toEqual({ a: 1 });
    expect(notes).toEqual([
      'config.json was not read: it is not an object',
      expect.stringMatching(/^cfg\.json was not read: it is not valid JSON: /),
      'conf.yaml was not read: holds no map of names and values',
    ]);
  });

  test.each([
    ['config.json', 4 * 2 ** 20, '{"a": 1}'],
    ['conf.yaml', 2 ** 20, 'a: 1\n'],
  ])('%s may have %d bytes', async (name, most, text) => {
    const pad = (length: number) => folderOf({ [name]: text.padEnd(length) });
    expect((await readConfig(pad(most))).config).toEqual({ a: 1 });
    expect(await readConfig(pad(most + 1))).toEqual({
      config: null,
      notes: [`${name} was not read: it has more than ${most} bytes`],
    });
  });
});
