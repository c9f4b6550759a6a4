import { bytesSource, encodeSafetensors, openTensors } from '@polysem/io';
import { decoderDoubt, findFeatures } from '@polysem/io/layouts';
import { describe, expect, it } from 'vitest';
import { groupsOf } from '../src/layouts/dictionaries/coder-layout.ts';
import { DICTIONARIES } from '../src/layouts/dictionaries/registry.ts';
import {
  findWholeCrossLayer,
  WHOLE_CROSS_LAYER,
} from '../src/layouts/dictionaries/whole-cross-layer.ts';
import { DICTIONARY_FILES } from './dictionary-files.ts';
import { entries, find, gatherAll, lines, randomTensors } from './layout-files.ts';

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

describe('layouts of dictionaries', () => {
  it.each(files)('%s: axis, kind, layer and parts', (_, { shapes, hints, expected }) => {
    expect(lines(shapes, hints)).toEqual(expected);
  });

  it.each(files)('%s: no other layout claims a tensor', (_, { shapes, hints, layout }) => {
    const found = findFeatures(entries(shapes), hints);
    expect([...new Set(found.features.map((matrix) => matrix.layout))]).toEqual([layout]);
    expect(found.notes).toEqual([]);
  });

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
