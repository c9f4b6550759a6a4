import { describe, expect, it } from 'vitest';
import { uniform } from '../src/random/distributions.ts';
import { generator, childGenerator, nextUint32, type Generator } from '../src/random/generator.ts';
import { philox4x32 } from '../src/random/philox.ts';

const words = (g: Generator, count: number): number[] =>
  Array.from({ length: count }, () => nextUint32(g));

/** The correlation of two streams over n uniforms, in standard errors (1 / sqrt(n) if independent). */
function correlation(a: Generator, b: Generator, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (uniform(a) - 0.5) * (uniform(b) - 0.5);
  return (sum / n) * 12 * Math.sqrt(n);
}

describe('generator', () => {
  it('returns the words of the Philox blocks in order', () => {
    const expected = [0, 1, 2].flatMap((position) => {
      const out = new Uint32Array(4);
      philox4x32(Uint32Array.of(position, 0, 0, 0), Uint32Array.of(0x76543210, 0xfedcba98), out);
      return Array.from(out);
    });
    expect(words(generator(0xfedcba9876543210n), 12)).toEqual(expected);
  });

  it('gives the pinned numbers', () => {
    expect(words(generator(1), 6)).toEqual([
      0xe3e80670, 0xe50a0ebc, 0x95f222c0, 0xb615aa27, 0xac08141b, 0xdfc5ccbe,
    ]);
    expect(words(childGenerator(generator(1), 0), 2)).toEqual([0x63ea66e1, 0xabf25ec6]);
    expect(words(childGenerator(generator(1), 2 ** 40 + 5), 2)).toEqual([0xf737174e, 0xca3eeb7d]);
    expect(words(childGenerator(childGenerator(generator(1), 2), 3), 2)).toEqual([
      0x9fb41dc2, 0xda45c969,
    ]);
  });

  it('treats a number and the equal bigint as the same seed', () => {
    for (const seed of [0, 7, 2 ** 32, 2 ** 40 + 3, Number.MAX_SAFE_INTEGER]) {
      expect(words(generator(seed), 4)).toEqual(words(generator(BigInt(seed)), 4));
    }
    expect(words(generator(2 ** 32), 4)).not.toEqual(words(generator(0), 4));
  });

  it('carries the position beyond 32 bits', () => {
    const g = generator(1);
    g.counter[0] = 0xffffffff;
    words(g, 5);
    expect(Array.from(g.counter)).toEqual([1, 1, 0, 0]);
  });

  it('can be cloned as plain data', () => {
    const g = generator(9);
    words(g, 3);
    const copy = structuredClone(g);
    expect(words(copy, 9)).toEqual(words(g, 9));
  });

  it.each([-1, 0.5, NaN, Infinity, 2 ** 53, -1n, 2n ** 64n])('rejects the seed %s', (seed) => {
    expect(() => generator(seed)).toThrow(RangeError);
  });
});

describe('split', () => {
  it('depends only on the parent and the index', () => {
    const expected = words(childGenerator(generator(3), 5), 8);
    const parent = generator(3);
    childGenerator(parent, 6);
    words(parent, 101);
    expect(words(childGenerator(parent, 5), 8)).toEqual(expected);
    childGenerator(parent, 4);
    expect(words(childGenerator(parent, 5), 8)).toEqual(expected);
  });

  it('does not change the parent', () => {
    const parent = generator(3);
    childGenerator(parent, 0);
    expect(parent).toEqual(generator(3));
  });

  it('identifies children by a block that drawing cannot reach', () => {
    const child = childGenerator(generator(11), 4);
    const out = new Uint32Array(4);
    philox4x32(Uint32Array.of(4, 0x80000000, 0, 0), Uint32Array.of(11, 0), out);
    expect([...child.key, ...child.counter.subarray(2)]).toEqual(Array.from(out));
    expect(Array.from(child.counter.subarray(0, 2))).toEqual([0, 0]);
  });

  it('makes distinct streams across seeds, siblings and generations', () => {
    const seen = new Set<string>();
    let made = 0;
    const add = (g: Generator): void => {
      seen.add(words(g, 2).join());
      made++;
    };
    for (let seed = 0; seed < 100; seed++) {
      const root = generator(seed);
      add(root);
      for (let i = 0; i < 100; i++) {
        const child = childGenerator(root, i);
        add(child);
        for (let j = 0; j < 5; j++) add(childGenerator(child, j));
      }
    }
    // 60,100 streams of 64 bits each: a coincidence has probability 1e-10.
    expect(seen.size).toBe(made);
  });

  it('makes uncorrelated streams', () => {
    const n = 20_000;
    for (let i = 0; i < 20; i++) {
      expect(
        Math.abs(
          correlation(
            childGenerator(generator(2024), i),
            childGenerator(generator(2024), i + 1),
            n,
          ),
        ),
      ).toBeLessThan(5);
      expect(
        Math.abs(correlation(generator(2024), childGenerator(generator(2024), i), n)),
      ).toBeLessThan(5);
      expect(Math.abs(correlation(generator(i), generator(i + 1), n))).toBeLessThan(5);
      const child = childGenerator(generator(2024), i);
      expect(Math.abs(correlation(child, childGenerator(child, i), n))).toBeLessThan(5);
    }
  });

  it.each([-1, 0.5, NaN, 2 ** 53])('rejects the index %s', (index) => {
    expect(() => childGenerator(generator(0), index)).toThrow(RangeError);
  });
});
