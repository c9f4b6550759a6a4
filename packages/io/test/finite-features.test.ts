import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, encodeNpy, encodeSafetensors, openTensors } from '../src/index.ts';
import { openFiniteFeatures, relativeNorms } from '../src/layouts/index.ts';

const BAD = [NaN, Infinity, -Infinity];

describe('openFiniteFeatures', () => {
  test('leaves out exactly the features with NaN or infinity, along either axis, in any portions', async () => {
    const matrix = fc.record({
      dims: fc.integer({ min: 1, max: 4 }),
      bad: fc.array(fc.constantFrom(-1, 0, 1, 2), { minLength: 1, maxLength: 40 }),
      single: fc.boolean(),
      rows: fc.boolean(),
      from: fc.nat(39),
    });
    const check = fc.asyncProperty(matrix, async ({ dims, bad, single, rows, from }) => {
      const vectors = bad.map((kind, f) =>
        Array.from({ length: dims }, (_, d) =>
          kind >= 0 && d === f % dims ? BAD[kind] : 10 * f + d + 1,
        ),
      );
      const n = bad.length;
      const numbers = rows
        ? vectors.flat()
        : Array.from({ length: dims * n }, (_, i) => vectors[i % n][Math.floor(i / n)]);
      const data = single ? Float32Array.from(numbers) : Float64Array.from(numbers);
      const bytes = encodeNpy({ shape: rows ? [n, dims] : [dims, n], data });
      const file = await openTensors(bytesSource('W.npy', bytes));
      const recipe = { tensor: 'W', axis: rows ? ('rows' as const) : ('columns' as const) };
      const opening = openFiniteFeatures(recipe, file, 'W.npy');
      const good = vectors.filter((_, f) => bad[f] < 0);
      if (good.length === 0) {
        await expect(opening).rejects.toThrow('every feature of W.npy: tensor "W" holds NaN');
        return;
      }
      const { source, skipped } = await opening;
      expect(skipped).toEqual([...bad.keys()].filter((f) => bad[f] >= 0));
      expect(source.features).toBe(good.length);
      const first = from % good.length;
      expect([...(await source.read(first, good.length - first))]).toEqual(
        good.slice(first).flat(),
      );
      expect([...(await source.read(first, 1))]).toEqual(good[first]);
      const some = Math.ceil((good.length - first) / 2);
      expect([...(await source.read(first, some))]).toEqual(good.slice(first, first + some).flat());
      await expect(source.read(first, good.length - first + 1)).rejects.toThrow(
        `: no ${good.length - first + 1} features from ${first} on, it has ${good.length}`,
      );
    });
    await fc.assert(check, { numRuns: 300 });
  });

  test('finds the features in parts of the file, the last one shorter', async () => {
    const dims = 2 ** 18;
    const data = new Float32Array(5 * dims).fill(1);
    for (const f of [1, 4]) data[f * dims + 7] = NaN;
    const file = await openTensors(bytesSource('W.npy', encodeNpy({ shape: [5, dims], data })));
    const { skipped } = await openFiniteFeatures({ tensor: 'W', axis: 'rows' }, file, 'W.npy');
    expect(skipped).toEqual([1, 4]);
  });

  test('leaves out a feature whose norm to fold in is not finite', async () => {
    const bytes = encodeSafetensors([
      { name: 'W', shape: [3, 1], data: Float64Array.of(1, 2, 3) },
      { name: 'V', shape: [3, 1], data: Float64Array.of(2, NaN, 4) },
    ]);
    const file = await openTensors(bytesSource('x', bytes));
    const fold = { partner: { tensor: 'V', axis: 'rows' as const }, power: 1 as const };
    const { source, skipped } = await openFiniteFeatures(
      { tensor: 'W', axis: 'rows', fold },
      file,
      'x',
    );
    expect(skipped).toEqual([1]);
    expect(await source.read(0, 2)).toEqual(Float64Array.of(2, 12));
  });

  test('relative norms of bad latents are refused, or NaN', async () => {
    const bytes = encodeNpy({ shape: [2, 2, 1], data: Float64Array.of(3, NaN, 1, 1) });
    const file = await openTensors(bytesSource('W.npy', bytes));
    const decoders = [0, 1].map((index) => ({ tensor: 'W', axis: 'rows' as const, index }));
    await expect(relativeNorms(decoders, file, 'W.npy')).rejects.toThrow('must be finite');
    const norms = await relativeNorms(decoders, file, 'W.npy', { notFinite: 'keep' });
    expect(norms.map((values) => [...values])).toEqual([
      [0.75, NaN],
      [0.25, NaN],
    ]);
  });
});
