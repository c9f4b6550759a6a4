import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import { type Embedding } from '../src/embedding/embedding.ts';
import { findBlocks } from '../src/geometry/find-blocks.ts';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { gram } from '../src/embedding/gram.ts';
import { generator, uniformBetween } from '@polysem/numerics/random';
import { measureCapacity } from '../src/capacity/measure.ts';
import { randomTightFrame } from '../src/geometry/random-tight-frame.ts';
import { randomTightFrameOf } from '../src/geometry/frame-of-capacities.ts';
import { sum } from './fixtures.ts';
import { randomCapacities } from './planted-blocks.ts';
import { fromIdentity, shape, squaredDistance } from './efficient-cases.ts';

describe('random tight frames', () => {
  it('are tight and generic', () => {
    fc.assert(
      fc.property(shape, ({ dims, more, seed }) => {
        const frame = randomTightFrame(generator(seed), dims + more, dims);
        expect(fromIdentity(frameOperator(frame), dims)).toBeLessThan(1e-12);
        if (more > 0) {
          expect(Math.min(...gram(frame).map(Math.abs))).toBeGreaterThan(0);
        }
      }),
      { numRuns: 200 },
    );
    expect(() => randomTightFrame(generator(0), 2, 3)).toThrow(/dims/);
  });

  it('have the given capacities', () => {
    for (let seed = 0; seed < 200; seed++) {
      const g = generator(seed);
      const features = 3 + (seed % 40);
      const dims = 1 + Math.floor(uniformBetween(g, 0, features - 1));
      const capacities = randomCapacities(g, features, dims);
      const frame = randomTightFrameOf(g, capacities, dims);
      // About 40 rotations per feature, each with a few rounding errors.
      expect(fromIdentity(frameOperator(frame), dims)).toBeLessThan(1e-11);
      const { capacity } = measureCapacity(frame);
      const errors = capacities.map((c, i) => Math.abs(c - capacity[i]));
      expect(Math.max(...errors)).toBeLessThan(1e-9);
      expect(findBlocks(frame).components).toHaveLength(1);
    }
    // The frame that they start from has 6 orthogonal pairs of equal or opposite features.
    const halves = [1, 2].map((seed) => {
      const frame = randomTightFrameOf(
        generator(seed),
        Array.from({ length: 12 }, () => 1 / 2),
        6,
      );
      return gram(frame).map(Math.abs);
    });
    for (const products of halves) expect(Math.min(...products)).toBeGreaterThan(0);
    expect(halves[0]).not.toEqual(halves[1]);
  });
});

describe('constructEfficient', () => {
  it('builds the described matrix, in order if features are not permuted', () => {
    const {
      embedding: w,
      blocks,
      ignored,
      sigma,
    } = constructEfficient(generator(1), {
      blocks: [
        { dims: 1, capacities: [0.1, 0.9], gamma: 4 },
        { dims: 2, features: 5 },
      ],
      ignored: 1,
      dims: 4,
      rotate: false,
      permute: false,
      flip: false,
    });
    expect([blocks, ignored, sigma]).toEqual([
      [
        [0, 1],
        [2, 3, 4, 5, 6],
      ],
      [7],
      0,
    ]);
    const s = frameOperator(w);
    const expected = [4, 1, 1, 0];
    s.forEach((x, at) => {
      expect(x).toBeCloseTo(at % 5 === 0 ? expected[at / 5] : 0, 12);
    });
    expect(measureCapacity(w).capacity[0]).toBeCloseTo(0.1, 12);
  });

  it('gives features random signs with flip', () => {
    const description = { blocks: [{ dims: 3, features: 40 }], rotate: false, permute: false };
    const plain = constructEfficient(generator(2), { ...description, flip: false }).embedding;
    const { embedding: w } = constructEfficient(generator(2), { ...description, flip: true });
    const signs = Array.from({ length: 40 }, (_, i) =>
      Math.sign(w.data[3 * i] / plain.data[3 * i]),
    );
    expect(new Set(signs)).toEqual(new Set([-1, 1]));
    w.data.forEach((x, at) => expect(x).toBe(signs[Math.floor(at / 3)] * plain.data[at]));
  });

  it('adds noise of the given level', () => {
    const description = {
      blocks: [
        { dims: 20, features: 100 },
        { dims: 10, features: 60 },
      ],
    };
    const exact = constructEfficient(generator(7), description);
    const noisy = constructEfficient(generator(7), { ...description, noise: 0.05 });
    const norms = (w: Embedding): number[] =>
      Array.from({ length: w.features }, (_, i) =>
        Math.hypot(...w.data.subarray(i * w.dims, (i + 1) * w.dims)),
      );
    const mean = sum(norms(exact.embedding)) / 160;
    const square = squaredDistance(noisy.embedding, exact.embedding) / 160;
    // The mean of 4,800 squared normals has a standard error of 2 %; the tolerance is four of them.
    expect(Math.sqrt(square) / mean / 0.05).toBeGreaterThan(0.96);
    expect(Math.sqrt(square) / mean / 0.05).toBeLessThan(1.04);
    expect(noisy.sigma * Math.sqrt(30)).toBeCloseTo(0.05 * mean, 12);
  });

  it('rejects contradictory descriptions, naming the field', () => {
    const g = generator(1);
    expect(() => constructEfficient(g, { blocks: [{ dims: 2, features: 1 }] })).toThrow(
      /blocks\[0\]\.features/,
    );
    expect(() => constructEfficient(g, { blocks: [{ dims: 2 }] })).toThrow(/blocks\[0\]/);
    expect(() => constructEfficient(g, { blocks: [{ dims: 1, capacities: [0.5] }] })).toThrow(
      RangeError,
    );
    expect(() => constructEfficient(g, { blocks: [{ dims: 2, features: 3 }], dims: 1 })).toThrow(
      /dims/,
    );
    expect(() => constructEfficient(g, { blocks: [{ dims: 1, features: 2, gamma: 0 }] })).toThrow(
      /gamma/,
    );
    for (const dims of [0, 1.5])
      expect(() => constructEfficient(g, { blocks: [{ dims, features: 2 }] })).toThrow(
        /^blocks\[0\]\.dims: /,
      );
    const blocks = [{ dims: 2, features: 3 }];
    expect(() => constructEfficient(g, { blocks, dims: 0 })).toThrow(/^dims: .* got 0$/);
    expect(() => constructEfficient(g, { blocks, ignored: -1 })).toThrow(/^ignored: /);
    expect(() => constructEfficient(g, { blocks, noise: -0.1 })).toThrow(/^noise: /);
    expect(() => constructEfficient(g, { blocks: [] })).toThrow(/^dims: .* got 0$/);
    expect(constructEfficient(g, { blocks: [], dims: 3, ignored: 2 }).embedding).toMatchObject({
      dims: 3,
      features: 2,
    });
  });
});
