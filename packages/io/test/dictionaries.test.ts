import { findFeatures } from '@polysem/io/layouts';
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
