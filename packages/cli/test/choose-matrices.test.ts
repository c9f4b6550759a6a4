import type { TensorEntry } from '@polysem/io';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../src/errors.ts';
import { chooseMatrices } from '../src/measure/choose-matrices.ts';

/** A file that lists 8 x 8 matrices with a known axis, or matrices of the given sizes. */
function file(shapes: Readonly<Record<string, readonly number[]>>) {
  const entries = Object.entries(shapes).map(([name, shape]): TensorEntry => ({
    name,
    dtype: 'F32',
    shape,
    readable: name !== 'unreadable',
    byteOffset: 0,
    byteLength: 0,
  }));
  return { entries, metadata: {} };
}

const LAYERS = [10, 2, 0, 1];
const gpt2 = file({
  'wte.weight': [50, 8],
  ...Object.fromEntries(LAYERS.map((k) => [`h.${k}.mlp.c_proj.weight`, [32, 8]])),
});
const odd = file({
  'layers.10.w': [4, 6],
  'layers.9.w': [4, 6],
  'layers.1.w': [4, 6],
  'layers.1.b': [4],
  'layers.w': [4, 6],
  'w.layers.1.w.x': [4, 6],
  unreadable: [4, 6],
});

const labels = (...given: Parameters<typeof chooseMatrices>) =>
  chooseMatrices(...given).map(({ tensor }) => tensor);

describe('a choice of several matrices', () => {
  it.each<[string, string[]]>([
    ['all', LAYERS.toSorted((a, b) => a - b).map((k) => `h.${k}.mlp.c_proj.weight`)],
    ['0,2', ['h.0.mlp.c_proj.weight', 'h.2.mlp.c_proj.weight']],
    // In the order of the request, each once.
    ['10,1,10', ['h.10.mlp.c_proj.weight', 'h.1.mlp.c_proj.weight']],
    ['1', ['h.1.mlp.c_proj.weight']],
  ])('of --layer %s', (layer, tensors) => {
    expect(labels('x', gpt2, { preset: 'mlp-out', layer }, {})).toEqual(tensors);
  });

  it('is one matrix for --layer all if the preset has no layers', () => {
    const flags = { preset: 'token-embedding', layer: 'all' };
    expect(labels('x', gpt2, flags, {})).toEqual(['wte.weight']);
  });

  it.each<[string, string[]]>([
    ['layers.*.w', ['layers.1.w', 'layers.9.w', 'layers.10.w']],
    ['*.1.*', ['layers.1.w', 'w.layers.1.w.x']],
    ['layers.1*w', ['layers.1.w', 'layers.10.w']],
    ['*layers*layers*', []],
    // Two stars cannot match the same letters.
    ['layers.*.*.w', []],
    ['layers.w*w', []],
    ['[l]ayers.*', []],
  ])('of --tensor %s, by their numbers', (tensor, tensors) => {
    const choose = () => labels('x', odd, { tensor, features: 'rows' }, {});
    if (tensors.length > 0) expect(choose()).toEqual(tensors);
    else expect(choose).toThrow(`--tensor: no matrix of x matches "${tensor}"; see --list`);
  });

  it('is that of the preset for --preset with --tensor', () => {
    expect(labels('x', gpt2, { preset: 'mlp-out', tensor: '*' }, {})).toEqual(
      [0, 1, 2, 10].map((k) => `h.${k}.mlp.c_proj.weight`),
    );
  });

  it('is one matrix if the name of a tensor looks like a pattern', () => {
    const starred = file({ 'a*': [4, 6], ab: [4, 6] });
    expect(labels('x', starred, { tensor: 'a*', features: 'rows' }, {})).toEqual(['a*']);
  });

  it.each([
    [{ preset: 'mlp-out', layer: '0,7' }, 'x: --layer 7: no such layer of mlp-out; it has'],
    [{ preset: 'mlp-out', layer: '0,' }, '--layer: expected a number, got ""'],
    [{ preset: 'mlp-in', layer: 'all' }, '--preset mlp-in: not found by any layout'],
    [{ preset: 'mlp_out', layer: 'all' }, '--preset: no preset "mlp_out"; the closest are mlp-out'],
    [{ layer: 'all' }, '--layer: requires --preset; give one'],
    [{ tensor: 'h.*', layer: 'all' }, '--layer: requires --preset; give one'],
  ])('%j ends in one line', (flags, message) => {
    const choose = () => chooseMatrices('x', gpt2, flags, {});
    expect(choose).toThrow(UsageError);
    expect(choose).toThrow(message);
  });
});
