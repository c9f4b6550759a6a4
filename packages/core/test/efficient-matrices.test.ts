import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blockMatrix,
  efficientForm,
  fromEfficientForm,
  type EfficientForm,
} from '../src/geometry/efficient-form.ts';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { findBlocks } from '../src/geometry/find-blocks.ts';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { generator, uniformBetween } from '@polysem/numerics/random';
import { gram } from '../src/embedding/gram.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { nearestEfficient } from '../src/geometry/nearest-efficient.ts';
import { polarFactor } from '../src/embedding/polar.ts';
import { turnedOnto } from '../src/embedding/turned-onto.ts';
import { randomOrthogonal, randomTightFrame } from '../src/geometry/random-tight-frame.ts';
import { randomTightFrameOf } from '../src/geometry/frame-of-capacities.ts';
import { completeOrthonormalRows } from '../../numerics/src/linalg/orthonormal-rows.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { partitionText, plantedBlocks, randomCapacities } from './planted-blocks.ts';

/** Largest entry of A - gamma I. */
function fromIdentity(a: Float64Array, n: number, gamma = 1): number {
  return Math.max(...a.map((x, at) => Math.abs(x - (at % (n + 1) === 0 ? gamma : 0))));
}

/** Q B P, multiplied out from the three factors. */
function inPlaces(form: EfficientForm): Embedding {
  const { dims, axes, features, q, order } = form;
  const b = blockMatrix(form);
  const x = embedding(dims, features);
  order.forEach((i, c) => {
    for (let d = 0; d < dims; d++) {
      for (let k = 0; k < axes; k++) x.data[i * dims + d] += q[d * axes + k] * b.data[c * axes + k];
    }
  });
  return x;
}

function squaredDistance(a: Embedding, b: Embedding): number {
  return sum(Array.from(a.data, (x, j) => (x - b.data[j]) ** 2));
}

const shape = fc.record({
  dims: fc.integer({ min: 1, max: 8 }),
  more: fc.integer({ min: 0, max: 12 }),
  seed: fc.nat(1e6),
});

describe('polarFactor', () => {
  it('has orthonormal rows and the nuclear norm as inner product, for any rank', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 8 }), ({ dims, more, seed }, rank) => {
        const features = dims + more;
        const m = ofRank(dims, features, Math.min(rank, dims), seed);
        const { factor, nuclear } = polarFactor(m);
        expect(fromIdentity(frameOperator(factor), dims)).toBeLessThan(1e-12);
        const inner = sum(Array.from(m.data, (x, j) => x * factor.data[j]));
        expect(inner).toBeCloseTo(nuclear, 9);
        expect(nuclear).toBeCloseTo(sum(leftSingular(m).values), 9);
      }),
      { numRuns: 300 },
    );
  });

  it('is nearer than other matrices with orthonormal rows', () => {
    for (let seed = 0; seed < 50; seed++) {
      const m = gaussianEmbedding(3, 7, seed);
      const best = squaredDistance(m, polarFactor(m).factor);
      for (let other = 0; other < 20; other++) {
        const frame = randomTightFrame(generator(1000 * seed + other), 7, 3);
        expect(squaredDistance(m, frame)).toBeGreaterThanOrEqual(best);
      }
    }
  });

  it('rejects more rows than columns', () => {
    expect(() => polarFactor(embedding(3, 2))).toThrow(RangeError);
  });
});

describe('turnedOnto', () => {
  it('undoes any rotation or reflection, for any rank, and keeps inner products', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 8 }), ({ dims, more, seed }, rank) => {
        const features = dims + more;
        const w = ofRank(dims, features, Math.min(rank, dims), seed);
        const { data: q } = randomTightFrame(generator(seed), dims, dims);
        const target = embedding(dims, features);
        for (let i = 0; i < features; i++) {
          for (let k = 0; k < dims; k++) {
            for (let d = 0; d < dims; d++)
              target.data[i * dims + d] += q[k * dims + d] * w.data[i * dims + k];
          }
        }
        const turned = turnedOnto(w, target);
        turned.data.forEach((x, j) => expect(x).toBeCloseTo(target.data[j], 9));
        gram(turned).forEach((x, j) => expect(x).toBeCloseTo(gram(w)[j], 9));
      }),
      { numRuns: 100 },
    );
  });

  it('rejects a target of another size', () => {
    expect(() => turnedOnto(embedding(2, 3), embedding(3, 3))).toThrow(
      'turnedOnto: 3 features in 2 dimensions cannot be turned onto 3 features in 3',
    );
  });
});

describe('completeOrthonormalRows', () => {
  it('completes any orthonormal rows', () => {
    for (let seed = 0; seed < 30; seed++) {
      const n = 1 + (seed % 9);
      const rows = randomOrthogonal(generator(seed), n);
      const from = seed % (n + 1);
      const kept = rows.slice(0, from * n);
      rows.fill(0, from * n);
      completeOrthonormalRows(rows, from, n);
      expect(rows.slice(0, from * n)).toEqual(kept);
      expect(fromIdentity(gram(embedding(n, n, rows)), n)).toBeLessThan(1e-12);
    }
  });
});

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
  });
});

describe('efficientForm', () => {
  it('recovers W = Q B P of an efficient matrix', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const { exact } = plantedBlocks(seed, 0);
        const w = exact.embedding;
        const form = efficientForm(w);
        expect(form.efficient).toBe(true);
        expect(form.relativeError).toBeLessThan(1e-11);
        expect(partitionText(form.blocks.map(({ features }) => features))).toBe(
          partitionText(exact.blocks),
        );
        expect(
          fromIdentity(frameOperator(embedding(form.axes, w.dims, form.q)), form.axes),
        ).toBeLessThan(1e-11);
        for (const { frame, dims } of form.blocks) {
          expect(fromIdentity(frameOperator(frame), dims)).toBeLessThan(1e-11);
        }
        expect(form.order.toSorted()).toEqual(Int32Array.from({ length: w.features }, (_, i) => i));
        expect(Math.sqrt(squaredDistance(w, fromEfficientForm(form)))).toBeCloseTo(form.error, 12);
        expect(squaredDistance(fromEfficientForm(form), inPlaces(form))).toBeLessThan(1e-24);
        expect(Math.max(...form.inefficiency)).toBeLessThan(1e-9);
      }),
      { numRuns: 25 },
    );
  });

  it('gives the distance of the acute pair from an efficient matrix, and its inefficiencies', () => {
    const form = efficientForm(acutePair());
    expect(form.efficient).toBe(false);
    // Leverages 1, capacities 4/7; singular values sqrt(1 +- cos 30) = 2 cos 15 and sin 15 over root 2.
    for (const x of form.inefficiency) expect(x).toBeCloseTo(3 / 7, 12);
    expect(form.error).toBeCloseTo(Math.SQRT1_2, 12);
    expect(form.relativeError).toBeCloseTo(0.5, 12);
  });

  it('sorts features by inefficiency', () => {
    const w = embeddingFromVectors([
      [1, 0, 0],
      [-1, 0, 0],
      [0, 1, 0],
      [0, 0.6, 0.8],
    ]);
    const { worst, inefficiency } = efficientForm(w);
    expect([...worst.subarray(0, 2)].toSorted()).toEqual([2, 3]);
    expect(inefficiency[0]).toBeLessThan(1e-12);
    expect(inefficiency[2]).toBeGreaterThan(0.1);
  });

  it('rejects the structure of another matrix', () => {
    const structure = findBlocks(gaussianEmbedding(2, 4, 1));
    expect(() => efficientForm(gaussianEmbedding(3, 4, 1), structure)).toThrow(/structure/);
  });
});

describe('nearestEfficient', () => {
  it('returns an efficient matrix unchanged', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const w = plantedBlocks(seed, 0).exact.embedding;
        const { relativeDistance, embedding: x } = nearestEfficient(w);
        expect(relativeDistance).toBeLessThan(1e-11);
        expect(squaredDistance(w, x)).toBeLessThan(1e-20);
      }),
      { numRuns: 15 },
    );
  });

  it('is efficient and at least as near as one block, |W|^2 - |W|_*^2 / D', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(1e6),
        (dims, more, seed) => {
          const w = gaussianEmbedding(dims, dims + more, seed);
          const { embedding: x, distance, blocks } = nearestEfficient(w);
          const nuclear = sum(leftSingular(w).values);
          const norm2 = sum(w.data.map((value) => value * value));
          expect(distance ** 2).toBeLessThanOrEqual(norm2 - nuclear ** 2 / dims + 1e-10 * norm2);
          expect(distance ** 2).toBeCloseTo(squaredDistance(w, x), 9);
          const measured = measureCapacity(x);
          expect(measured.rank).toBe(dims);
          expect(sum(measured.capacity)).toBeCloseTo(dims, 9);
          expect(sum(blocks.map((block) => block.dims))).toBe(dims);
          expect(nearestEfficient(x).relativeDistance).toBeLessThan(1e-10);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is at least as near as the matrix that noise was added to', () => {
    for (let seed = 0; seed < 20; seed++) {
      const noise = [0.01, 0.03, 0.05][seed % 3];
      const description = {
        blocks: [
          { dims: 3, features: 9 },
          { dims: 2, features: 8, gamma: 2 },
          { dims: 1, features: 2, gamma: 3 },
        ],
        noise,
      };
      const noisy = constructEfficient(generator(seed), description).embedding;
      const exact = constructEfficient(generator(seed), { ...description, noise: 0 }).embedding;
      const { distance } = nearestEfficient(noisy);
      expect(distance).toBeLessThanOrEqual(Math.sqrt(squaredDistance(noisy, exact)));
    }
  });

  it('turns the acute pair into a right angle: distance 1 / sqrt 2', () => {
    // Two orthogonal vectors are at best 30 degrees from each vector, so (cos 30)^2 of each square is kept.
    const { distance, relativeDistance } = nearestEfficient(acutePair());
    expect(distance).toBeCloseTo(Math.SQRT1_2, 12);
    expect(relativeDistance).toBeCloseTo(0.5, 12);
  });

  it('moves a feature from the wrong block', () => {
    const { embedding: w, blocks } = constructEfficient(generator(3), {
      blocks: [
        { dims: 2, features: 6 },
        { dims: 2, features: 6, gamma: 2 },
      ],
      noise: 0.02,
    });
    const right = findBlocks(w);
    const [a, b] = right.components;
    const stray = a.features[0];
    const wrong = {
      ...right,
      components: [
        { ...a, features: a.features.slice(1) },
        { ...b, features: [...b.features, stray].toSorted((i, j) => i - j) },
      ],
    };
    const found = nearestEfficient(w, wrong);
    expect(partitionText(found.blocks.map(({ features }) => features))).toBe(partitionText(blocks));
  });

  it('is the global optimum of 2 to 9 features in two dimensions: no other division is nearer', () => {
    for (let seed = 0; seed < 160; seed++) {
      const w = gaussianEmbedding(2, 2 + (seed % 8), seed);
      const { distance, optimum } = nearestEfficient(w);
      expect(optimum).toBe('global');
      expect(distance).toBeCloseTo(nearestInTwoDimensions(w), 7);
    }
  });

  it('divides parallel, orthogonal and almost parallel features as well as all divisions', () => {
    const grids = fc.array(
      fc.tuple(fc.constantFrom(-2, -1, 1e-4, 1, 2), fc.constantFrom(-1, 0, 1e-3, 1)),
      { minLength: 2, maxLength: 7 },
    );
    fc.assert(
      fc.property(grids, (vectors) => {
        const w = embeddingFromVectors(vectors);
        if (measureCapacity(w).rank < 2) return;
        const { distance, embedding: x } = nearestEfficient(w);
        expect(distance).toBeCloseTo(nearestInTwoDimensions(w), 7);
        expect(measureCapacity(x).rank).toBe(2);
      }),
      { numRuns: 200 },
    );
  });

  it('is the same in a plane of any space, for any order and signs of the features', () => {
    for (let seed = 0; seed < 20; seed++) {
      const w = gaussianEmbedding(2, 6, seed);
      const turn = randomOrthogonal(generator(seed), 5);
      const vectors = Array.from({ length: 6 }, (_, i) => {
        const [x, y] = w.data.subarray(2 * i, 2 * i + 2);
        const sign = i % 2 === 0 ? 1 : -1;
        return Array.from({ length: 5 }, (_unused, d) => sign * (x * turn[d] + y * turn[5 + d]));
      });
      const other = nearestEfficient(embeddingFromVectors(vectors.toReversed()));
      expect(other.optimum).toBe('global');
      expect(other.distance).toBeCloseTo(nearestEfficient(w).distance, 9);
    }
  });

  it('is the nearest multiple of a direction in rank 1', () => {
    const w = embeddingFromVectors([
      [3, 4],
      [6, 8],
      [0, 0],
    ]);
    const found = nearestEfficient(w);
    expect(found).toMatchObject({ optimum: 'global', blocks: [{ features: [0, 1], dims: 1 }] });
    expect(found.distance).toBeLessThan(1e-12);
  });

  it('is at least as near as random orthogonal axes in three dimensions, and says that it is local', () => {
    for (let seed = 0; seed < 10; seed++) {
      const w = gaussianEmbedding(3, 5, seed);
      const { distance, optimum } = nearestEfficient(w);
      expect(optimum).toBe('local');
      expect(distance).toBeLessThan(nearestOnRandomAxes(w, seed) * (1 + 1e-9));
    }
  });

  it('divides long and short features into blocks where the structure has one block', () => {
    const w = embeddingFromVectors([
      [1, 0.1],
      [0.1, 10],
    ]);
    expect(findBlocks(w).verdict).toBe('none');
    const { distance, blocks } = nearestEfficient(w);
    // The features turned onto one axis have the scatter matrix of trace 101.02 and determinant 1.1^2.
    expect(distance).toBeCloseTo(Math.sqrt(50.51 - Math.sqrt(50.51 ** 2 - 1.21)), 9);
    expect(blocks.map(({ features }) => [...features])).toEqual([[0], [1]]);
  });

  it('is zero for a zero matrix', () => {
    expect(nearestEfficient(embedding(2, 2))).toMatchObject({ distance: 0, blocks: [] });
  });
});

function acutePair(): Embedding {
  return embeddingFromVectors([
    [1, 0],
    [Math.cos(Math.PI / 6), 0.5],
  ]);
}

/**
 * Distance of a matrix of rank 2 in two dimensions from the nearest efficient one of its rank, by trying all divisions.
 *
 * One block leaves |W|^2 - |W|_*^2 / 2. Two blocks along q and its normal leave the part of each feature across its block:
 * after a quarter turn of the second block's features, that is the smallest eigenvalue of the sum of w w^T.
 */
function nearestInTwoDimensions({ features, data }: Embedding): number {
  const sums = (isTurned: (i: number) => boolean) => {
    let [xx, xy, yy] = [0, 0, 0];
    for (let i = 0; i < features; i++) {
      const [x, y] = [data[2 * i], data[2 * i + 1]];
      xx += isTurned(i) ? y * y : x * x;
      xy += isTurned(i) ? -x * y : x * y;
      yy += isTurned(i) ? x * x : y * y;
    }
    return { xx, xy, yy };
  };
  const whole = sums(() => false);
  const determinant = whole.xx * whole.yy - whole.xy ** 2;
  let square = (whole.xx + whole.yy) / 2 - Math.sqrt(Math.max(0, determinant));
  for (let second = 1; second < 2 ** (features - 1); second++) {
    const { xx, xy, yy } = sums((i) => ((second >> i) & 1) === 1);
    square = Math.min(square, (xx + yy) / 2 - Math.hypot((xx - yy) / 2, xy));
  }
  return Math.sqrt(Math.max(0, square));
}

/**
 * Smallest distance of a matrix in three dimensions from the efficient matrices on random axes: each feature on its own
 * nearest axis, or one axis for some features and one block of two dimensions for the rest.
 */
function nearestOnRandomAxes({ features, data }: Embedding, seed: number): number {
  const g = generator(1000 + seed);
  const norm2 = sum(Array.from(data, (x) => x * x));
  let gain = 0;
  for (let trial = 0; trial < 3000; trial++) {
    const q = randomOrthogonal(g, 3);
    const planes: number[][] = [];
    const used = new Set<number>();
    let alone = 0;
    let onAxis = 0;
    for (let i = 0; i < features; i++) {
      const [x, y, z] = [0, 1, 2].map((k) =>
        sum([0, 1, 2].map((d) => q[3 * k + d] * data[3 * i + d])),
      );
      const longest = Math.max(x * x, y * y, z * z);
      alone += longest;
      used.add([x * x, y * y, z * z].indexOf(longest));
      if (x * x > y * y + z * z) onAxis += x * x;
      else planes.push([y, z]);
    }
    const trace = sum(planes.map(([y, z]) => y * y + z * z));
    let squaredDeterminant = 0;
    for (const [a, b] of planes)
      for (const [c, d] of planes) squaredDeterminant += (a * d - b * c) ** 2 / 2;
    // Others have a rank below 3.
    if (used.size === 3) gain = Math.max(gain, alone);
    if (planes.length >= 2 && planes.length < features)
      gain = Math.max(gain, onAxis + trace / 2 + Math.sqrt(squaredDeterminant));
  }
  return Math.sqrt(Math.max(0, norm2 - gain));
}

/** A product of Gaussian matrices. */
function ofRank(dims: number, features: number, rank: number, seed: number): Embedding {
  const left = gaussianEmbedding(dims, rank, seed);
  const right = gaussianEmbedding(rank, features, seed + 1);
  const out = embedding(dims, features);
  for (let i = 0; i < features; i++) {
    for (let k = 0; k < rank; k++) {
      for (let d = 0; d < dims; d++) {
        out.data[i * dims + d] += left.data[k * dims + d] * right.data[i * rank + k];
      }
    }
  }
  return out;
}
