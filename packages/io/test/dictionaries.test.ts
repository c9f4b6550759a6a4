import { bytesSource, encodeSafetensors, openTensors } from '@polysem/io';
import { decoderDoubt, findFeatures, PRESETS } from '@polysem/io/layouts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupsOf } from '../src/layouts/dictionaries/coder-layout.ts';
import { layerOfName } from '../src/layouts/dictionaries/layer-names.ts';
import { DICTIONARIES } from '../src/layouts/dictionaries/registry.ts';
import {
  findWholeCrossLayer,
  WHOLE_CROSS_LAYER,
} from '../src/layouts/dictionaries/whole-cross-layer.ts';
import { DICTIONARY_FILES } from './dictionary-files/index.ts';
import { parts } from './dictionary-files/shared.ts';
import { entries, find, gatherAll, lines, randomTensors, type Shapes } from './layout-files.ts';

const files = Object.entries(DICTIONARY_FILES);

describe('doubts about dictionaries', () => {
  it('are said of a W_E that nothing confirms', () => {
    expect(lines({ W_E: [50, 8] })).toEqual(['token-embedding -: rows, 50 x 8?']);
    expect(lines({ W_E: [50, 8], W_U: [8, 50] })).toEqual([
      'token-embedding -: rows, 50 x 8',
      'unembedding -: columns, 50 x 8',
    ]);
  });

  it('are said of a file whose name and configuration give different layers', () => {
    const shapes = { W_enc: [8, 24], W_dec: [24, 8], b_enc: [24] };
    const hints = { path: 'layer_3/layer_5.safetensors', config: { hook_layer: 4 } };
    expect(lines(shapes, hints)).toEqual([
      'sae-encoder 5: columns, 24 x 8?',
      'sae-decoder 5: rows, 24 x 8?',
    ]);
  });

  it('are said of a pair V, U outside of a model of components', () => {
    expect(lines({ V: [8, 24], U: [24, 6] })).toEqual([
      'component-in -: columns, 24 x 8?',
      'component-out -: rows, 24 x 6?',
    ]);
    expect(find({ U: [8, 8], S: [8], V: [8, 8] })).toEqual([]);
  });

  it('are said of factors with three axes unless other tensors say whether there are instances', () => {
    const doubts = (others: Shapes): string[] =>
      find({ 'linear1.A': [20, 5, 3], 'linear1.B': [20, 3, 2], ...others }).flatMap(
        ({ doubt = 'none' }) => doubt.split(';')[0],
      );
    const rank = Array.from({ length: 40 }, () => expect.stringContaining('components of rank m'));
    expect(doubts({})).toEqual(rank);
    expect(doubts({ b_final: [20, 5], bias: [5] })).toEqual(rank);
    expect(doubts({ b_final: [4, 5] })).toEqual(rank);
    expect(new Set(doubts({ b_final: [20, 5] }))).toEqual(new Set(['none']));
    expect(doubts({ b_final: [5] })).toEqual([]);
    expect(doubts({ 'linear1.bias': [2] })).toEqual([]);
    for (const [name, axes] of Object.entries({
      b_final: 1,
      W_E: 2,
      'W_E.weight': 2,
      bias: 1,
      bias1: 1,
      bias2: 1,
    })) {
      const shape = [7, 5].slice(-axes);
      const others = { b_final: [20, 5], [name]: [20, ...shape] };
      expect(new Set(doubts(others))).toEqual(new Set(['none']));
      expect(doubts({ [name]: shape }).filter((doubt) => !doubt.endsWith('embedding'))).toEqual([]);
      expect(doubts({ [name]: [20, 20, ...shape] })).toEqual(rank);
    }
  });

  it('are not made of factors with more axes, or of those of other decompositions and models', () => {
    const made = (names: string, axes: number, others: Shapes = {}): boolean => {
      const [read, write] = names;
      const stack = Array.from({ length: axes - 2 }, () => 2);
      const found = findFeatures(
        entries({ [`m.${read}`]: [...stack, 8, 24], [`m.${write}`]: [...stack, 24, 6], ...others }),
      );
      return found.features.length > 0 || found.notes.length > 0;
    };
    expect([2, 3, 4].map((axes) => made('VU', axes))).toEqual([true, true, false]);
    expect([2, 3, 4, 5].map((axes) => made('AB', axes))).toEqual([true, true, true, false]);
    for (const name of ['S', 'Vh', 'Sigma', 's'])
      expect(made('VU', 2, { [`m.${name}`]: [24] })).toBe(false);
    for (const name of ['C', 'D', 'A_log', 'dt'])
      expect(made('AB', 2, { [`m.${name}`]: [24] })).toBe(false);
    for (const names of ['VU', 'AB'])
      expect(made(names, 2, { [`m.${names[1]}`]: [25, 6] })).toBe(false);
  });

  it('are not said of a decoder of Gemma Scope 2 with several targets, whose name says enough', () => {
    const sizes = { '+0': 8, '+1': 8, '+2': 8, sum: 8, concatenated: 24 };
    expect(lines({ w_dec: [24, 3, 8] })).toEqual(parts('transcoder-decoder -', 'rows', sizes));
  });

  it('are said of a crosscoder whose axes nothing confirms', () => {
    expect(lines({ W_dec: [2, 24, 8] })[0]).toBe('crosscoder-decoder - part 0: rows, 24 x 8?');
    expect(lines({ W_dec: [24, 2, 8] })[0]).toBe('crosscoder-decoder - part 0: rows, 24 x 8?');
  });

  it('are not said of decoders whose biases have instances', () => {
    const decoder = { W_dec: [2, 24, 8] };
    expect(find({ ...decoder, b_enc: [24] })[0].layout).toBe('crosscoder');
    expect(find({ ...decoder, b_enc: [2, 24] })).toEqual([]);
  });

  it('leave out a coder with more parts than a model has layers', () => {
    const { features, notes } = findFeatures(entries({ W_dec_0: [24, 257, 8] }));
    expect(features).toEqual([]);
    expect(notes).toHaveLength(1);
  });

  it('have the layers of their hook points, the first layer too', () => {
    const shapes = { W_enc: [2, 8, 32], W_dec: [32, 2, 8], b_enc: [32], b_dec: [2, 8] };
    const hook_points = ['blocks.0.hook_resid_post', 'blocks.5.hook_resid_post'];
    const found = find(shapes, { config: { hook_points } });
    const layers = found.map(({ part, layer }) => `${part}: ${layer}`).toSorted();
    expect(layers).toEqual([
      '0: 0',
      '0: 0',
      '1: 5',
      '1: 5',
      'concatenated: null',
      'concatenated: null',
    ]);
  });

  it('leave out a cross-layer transcoder of more than 256 layers', () => {
    const found = (layers: number) =>
      findWholeCrossLayer(
        WHOLE_CROSS_LAYER[0],
        entries({ W_E: [layers, 1, 1], 'W_D.0': [1, 1, 1] }),
        undefined,
      );
    expect(found(256)).toHaveLength(1);
    expect(found(257)).toEqual([]);
  });

  it('leave out the layers of a cross-layer transcoder whose decoders have other sizes', () => {
    const layersOf = (...shape: number[]) => {
      const shapes = { W_E: [2, 8, 24], 'W_D.0': [1, 24, 8], 'W_D.1': [2, ...shape] };
      const [found] = findWholeCrossLayer(WHOLE_CROSS_LAYER[0], entries(shapes), undefined);
      return found.dictionaries.map(({ layer }) => layer);
    };
    expect(layersOf(24, 8)).toEqual([0, 1]);
    for (const sizes of [
      [24, 9],
      [23, 8],
      [8, 24],
    ])
      expect(layersOf(...sizes)).toEqual([]);
  });

  it('leave out a cross-layer transcoder that does not write as many layers as it reads', () => {
    const found = find({ w_enc: [2, 8, 24], w_dec: [2, 24, 3, 8], b_enc: [2, 24] });
    expect(found.filter(({ layout }) => layout.includes('cross-layer'))).toEqual([]);
  });

  it.each('d_sae num_latents dict_size d_hidden n_dirs n_latents dictionary_size'.split(' '))(
    'vanish where the configuration gives the latents as %s',
    (name) => {
      expect(lines({ W_dec: [5, 8] }, { config: { [name]: 5 } })).toEqual([
        'sae-decoder -: rows, 5 x 8',
      ]);
    },
  );

  it('leave out a coder with three axes that fit no order', () => {
    const shapes = { W_enc: [2, 8, 24], W_dec: [7, 2, 9], b_enc: [24], b_dec: [2, 8] };
    const { notes } = findFeatures(entries(shapes));
    expect(notes).toEqual(['W_dec is left out: its shape 7 x 2 x 9 does not fit crosscoder']);
  });

  it.each([
    ['normalised along its latents', [24, 8], null],
    [
      'normalised along its dimensions',
      [8, 24],
      /^the rows have unit length and the columns do not/,
    ],
  ] as const)('come from norms: a decoder %s', async (_, shape, expected) => {
    const unit = Float64Array.from({ length: 24 * 8 }, (__, i) => Math.sin(i + 1));
    const columns = shape[1];
    for (let row = 0; row < shape[0]; row++) {
      const vector = unit.subarray(row * columns, (row + 1) * columns);
      const norm = Math.hypot(...vector);
      vector.forEach((x, i) => (vector[i] = x / norm));
    }
    const bytes = encodeSafetensors([{ name: 'W_dec', shape, data: unit }]);
    const file = await openTensors(bytesSource('W_dec', bytes));
    const [matrix] = findFeatures(file.entries).features;
    const doubt = await decoderDoubt(matrix, file, 'W_dec');
    if (expected === null) expect(doubt).toBeNull();
    else expect(doubt).toMatch(expected);
  });
});

describe('names of files and folders', () => {
  it.each([
    ['layers.3', 3],
    ['layers.23.mlp', 23],
    ['layer_12', 12],
    ['params_layer_0.safetensors', 0],
    ['layer5.sae.pt', 5],
    ['resid_post_layer_12', 12],
    ['layer_22_width_16k_l0_medium', 22],
    ['blocks.9.hook_resid_post', 9],
    ['h.4.mlp', 4],
    ['Llama3_1-8B-Base-L0R-8x', 0],
    ['DeepSeek-R1-Distill-Llama-8B-SAE-l19.pt', 19],
    ['gpt2-small_L5_Hcat_z_lr1.20e-03.pt', 5],
    ['average_l0_71', null],
    ['SAE-Res-Qwen3-1.7B-Base-W32K-L0_50', null],
    ['sae_l1_0.001.pt', null],
    ['runs-h100', null],
    ['layers.3_to_layers.5', null],
    ['sae_weights.safetensors', null],
  ])('%s is of layer %s', (name, layer) => {
    expect(layerOfName(name)).toBe(layer);
  });
});

describe('folders in names of tensors', () => {
  const shapes = (prefix: string, layer: number): Shapes => ({
    [`${prefix}W_enc_${layer}`]: [24, 8],
    [`${prefix}W_dec_${layer}`]: [24, 1, 8],
    [`${prefix}b_enc_${layer}`]: [24],
  });

  it('tell transcoders, if one of them is named so', () => {
    const kindOf = (prefix: string) =>
      find({
        [`${prefix}W_enc`]: [8, 24],
        [`${prefix}W_dec`]: [24, 8],
        [`${prefix}b_enc`]: [24],
      })[0].preset;
    expect(kindOf('all/transcoders/layer_3/params.')).toBe('transcoder-encoder');
    expect(kindOf('all/saes/layer_3/params.')).toBe('sae-encoder');
  });

  it('and a layer in the name of a tensor, the first one too, are before that of the file', () => {
    for (const layer of [0, 2])
      expect(find(shapes('layer_7.', layer), { path: 'layer_5.pt' })[0].layer).toBe(layer);
  });
});

describe('layouts of dictionaries', () => {
  it.each(files)('%s: axis, kind, layer and parts', (_, { shapes, hints, expected }) => {
    expect(lines(shapes, hints)).toEqual(expected);
    for (const { preset } of find(shapes, hints)) expect(PRESETS).toContain(preset);
  });

  it.each(files)(
    '%s: no other layout claims a tensor',
    (_, { shapes, hints, layout, expected, notes = [] }) => {
      const found = findFeatures(entries(shapes), hints);
      const layouts = new Set(found.features.map((matrix) => matrix.layout));
      expect([...layouts]).toEqual(expected.length === 0 ? [] : [layout]);
      expect(found.notes).toEqual(notes);
    },
  );

  it.each(files)('%s: every matrix can be read', async (_, { shapes, hints }) => {
    const found = find(shapes, hints);
    const read = await gatherAll(found, randomTensors(shapes, 1));
    expect(read.map(({ features, dims }) => [features, dims])).toEqual(
      found.map(({ features, dims }) => [features, dims]),
    );
  });

  it('each have a file in these tests', () => {
    const tested = new Set(files.map(([, { layout }]) => layout));
    expect(DICTIONARIES.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
  });

  it.each(files)('%s: no two layouts accept it', (_, { shapes, hints, layout }) => {
    const accepting = DICTIONARIES.filter((row) =>
      groupsOf(row, entries(shapes)).some((group) => row.accepts(group, hints?.config ?? null)),
    );
    const isWhole = WHOLE_CROSS_LAYER.some(
      (row) => findWholeCrossLayer(row, entries(shapes), undefined).length > 0,
    );
    expect(accepting.map(({ name }) => name)).toEqual(isWhole ? [] : [layout]);
  });
});

it('finds no matrix that cannot be read, whatever the shapes', () => {
  const names = DICTIONARIES.flatMap(({ encoder, decoder, latents, dims }) =>
    [encoder?.name ?? '', decoder?.name ?? '', ...latents, ...dims].map((name) =>
      name.replace('{L}', '1'),
    ),
  ).concat([
    'W_D.0',
    'W_D.1',
    'U_matrices.1',
    'V_matrices.1',
    'U_matrices.2',
    'W',
    'b_final',
    'linear1.weight',
    'linear2.weight',
  ]);
  const shape = fc.array(fc.constantFrom(0, 1, 2, 3, 3, 5), { maxLength: 4 });
  const file = fc.dictionary(fc.constantFrom(...names), shape, { maxKeys: 7 });
  return fc.assert(
    fc.asyncProperty(file, async (shapes) => {
      const found = find(shapes);
      const read = await gatherAll(found, randomTensors(shapes, 1));
      expect(read.map(({ features, dims }) => [features, dims])).toEqual(
        found.map(({ features, dims }) => [features, dims]),
      );
    }),
    { numRuns: 1000 },
  );
});
