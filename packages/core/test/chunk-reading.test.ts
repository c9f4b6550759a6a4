import { describe, expect, it } from 'vitest';
import { bytesOf, chunkFeatures, chunksOf, forEachChunk } from '../src/streaming/chunks.ts';
import { largestEntry, multiply, scaleNearOne, scaleOf } from '../src/streaming/scaling.ts';
import { steps } from './stream-recorders.ts';

describe('chunks', () => {
  it('hold 2 MiB, or one feature', () => {
    expect([bytesOf('float32'), bytesOf('float64')]).toEqual([4, 8]);
    const of = (dims: number, precision: 'float32' | 'float64'): number =>
      chunkFeatures({ ...steps(dims, 9), precision });
    expect([of(100, 'float32'), of(100, 'float64')]).toEqual([5242, 2621]);
    expect([of(2 ** 18, 'float64'), of(2 ** 18 + 1, 'float64'), of(2 ** 20, 'float64')]).toEqual([
      1, 1, 1,
    ]);
    expect(of(2 ** 18, 'float32')).toBe(2);
  });

  it('cover all features once, from a feature on', () => {
    expect(chunksOf(7, 3)).toEqual([
      { first: 0, count: 3 },
      { first: 3, count: 3 },
      { first: 6, count: 1 },
    ]);
    expect(chunksOf(6, 3, 3)).toEqual([{ first: 3, count: 3 }]);
    expect(chunksOf(6, 3, 6)).toEqual([]);
  });

  it('report the features done, with those done before', async () => {
    const seen: unknown[] = [];
    const onProgress = (step: unknown): void => void seen.push(step);
    const used: number[] = [];
    await forEachChunk(
      steps(2, 10),
      chunksOf(10, 4, 2),
      { ahead: 1, stage: 'frame', hooks: { onProgress }, before: 2 },
      async (chunk, first, count) => {
        used.push(first, count, chunk.length, chunk[0]);
      },
    );
    expect(seen).toEqual([6, 10].map((done) => ({ stage: 'frame', done, total: 10 })));
    expect(used).toEqual([2, 4, 8, -1, 6, 4, 8, 3]);
  });

  it.each([1, 2, 3])('are in use while the next one is read, up to %i of them', async (ahead) => {
    let [inUse, most] = [0, 0];
    const waiting: (() => void)[] = [];
    const reading = forEachChunk(
      steps(1, 6),
      chunksOf(6, 1),
      { ahead, stage: 'frame', hooks: {} },
      async () => {
        most = Math.max(most, ++inUse);
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
        inUse--;
      },
    );
    for (let left = 6; left > 0;) {
      // oxlint-disable-next-line no-await-in-loop -- waits for as many as may be in use
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      const next = waiting.shift();
      if (next === undefined) continue;
      next();
      left--;
    }
    await reading;
    expect(most).toBe(ahead);
  });

  it.each(['read', 'use', 'progress'])('end with the first error of a %s', async (kind) => {
    const fail = (at: number): void => {
      if (at === 2) throw new Error('disk on fire');
      if (at > 2) throw new Error('too late');
    };
    const source = steps(1, 6);
    let uses = 0;
    const reading = forEachChunk(
      {
        ...source,
        read: async (first, count) => {
          if (kind === 'read') fail(first);
          return source.read(first, count);
        },
      },
      chunksOf(6, 1),
      {
        ahead: 1,
        stage: 'frame',
        hooks: { onProgress: ({ done }) => (kind === 'progress' ? fail(done) : undefined) },
      },
      async (_, first) => {
        uses++;
        if (kind === 'use') fail(first);
      },
    );
    await expect(reading).rejects.toThrow('disk on fire');
    expect(uses).toBeLessThanOrEqual(3);
  });
});

describe('scales', () => {
  it('are powers of two that bring the largest entry near 1', () => {
    expect([0, 1, 2 ** 15, 2 ** -15].map(scaleOf)).toEqual([1, 1, 1, 1]);
    for (const [largest, scale] of [
      [2 ** 16, 2 ** -16],
      [2 ** -16, 2 ** 16],
      [3 * 2 ** 100, 2 ** -101],
      [2 ** -1074, 2 ** 1022],
      [Number.MAX_VALUE, 2 ** -1022],
    ])
      expect(scaleOf(largest)).toBe(scale);
  });

  it('see every entry, and name the first that is not finite', () => {
    for (let at = 0; at < 6; at++) {
      const chunk = new Float64Array(6).fill(1);
      chunk[at] = -5;
      expect(largestEntry(chunk, 2, 10, 'W')).toBe(5);
      for (const wrong of [NaN, Infinity, -Infinity]) {
        chunk[at] = wrong;
        expect(() => largestEntry(chunk, 2, 10, 'W')).toThrow(
          `W: feature ${10 + Math.floor(at / 2)} has ${wrong} in dimension ${at % 2}`,
        );
      }
    }
    expect(largestEntry(new Float64Array(3), 3, 0, 'W')).toBe(0);
  });

  it('multiply all entries', () => {
    const chunk = Float32Array.of(1, -2, 3);
    multiply(chunk, 2);
    expect([...chunk]).toEqual([2, -4, 6]);
    multiply(chunk, 1);
    expect([...chunk]).toEqual([2, -4, 6]);
  });

  it('are shared by vectors that fit them, and own of others', () => {
    for (const scale of [0.5, 1, 2, 8]) {
      const lengths = [1, 0, 2 ** 15, 2 ** -15, 2 ** 40, -(2 ** -40), 2 ** -1060];
      const chunk = Float64Array.from(lengths.flatMap((x) => [x / scale, x / scale / 4]));
      const before = chunk.slice();
      const factors = scaleNearOne(chunk, lengths.length, 2, scale);
      lengths.forEach((x, f) => {
        const isNear = Math.abs(x) > 2 ** -16 && Math.abs(x) < 2 ** 16;
        if (isNear) expect(factors[f]).toBe(scale);
        else expect(factors[f]).toBe(scaleOf(Math.abs(before[2 * f])));
        for (const j of [2 * f, 2 * f + 1]) expect(chunk[j]).toBe(before[j] * factors[f]);
      });
      expect(Math.abs(chunk[8])).toBe(1);
      expect(Math.abs(chunk[10])).toBe(1);
    }
  });
});
