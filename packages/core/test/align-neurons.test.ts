import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignmentReport } from '../src/geometry/alignment-report.ts';
import { alignNeurons } from '../src/geometry/align-neurons.ts';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { generator, permutation } from '@polysem/numerics/random';
import { gram } from '../src/embedding/gram.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { pivotedBasis, quartimax } from '../src/geometry/quartimax.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import {
  antipodalPair,
  blockDiagonal,
  polygon,
  randomRotation,
  rotated,
  tightFrame,
} from './neuron-cases.ts';

/** Largest error of Q Q^T = I. */
function orthogonalityError(q: Float64Array, n: number): number {
  let worst = 0;
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      let dot = 0;
      for (let d = 0; d < n; d++) dot += q[r * n + d] * q[c * n + d];
      worst = Math.max(worst, Math.abs(dot - (r === c ? 1 : 0)));
    }
  }
  return worst;
}

/** W as rows: dims x features, row-major. */
function rowsOf({ dims, features, data }: Embedding): Float64Array {
  const rows = new Float64Array(dims * features);
  data.forEach((x, j) => {
    rows[(j % dims) * features + Math.floor(j / dims)] = x;
  });
  return rows;
}

/** Rounding error of products of orthogonal matrices in tens of dimensions, after thousands of plane rotations. */
const ROUNDING = 1e-11;

/** One to five tight blocks and some unused dimensions, with features in random order, in a random rotation. */
const anyBlocks = fc
  .record({
    shapes: fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 5 })), {
      minLength: 1,
      maxLength: 5,
    }),
    spare: fc.integer({ min: 0, max: 3 }),
    seed: fc.nat(),
  })
  .map(({ shapes, spare, seed }) => {
    const parts = shapes.map(([dims, more], k) =>
      tightFrame(dims, dims + more, 1 + k / 4, seed + k),
    );
    const { w: plain, blocks } = blockDiagonal(parts);
    const dims = plain.dims + spare;
    const order = permutation(generator(seed), plain.features);
    const wide = embedding(dims, plain.features);
    order.forEach((to, from) => {
      const vector = plain.data.subarray(from * plain.dims, (from + 1) * plain.dims);
      wide.data.set(vector, to * dims);
    });
    return {
      w: rotated(wide, randomRotation(dims, seed)),
      blocks: blocks.map((block) => ({ ...block, features: block.features.map((i) => order[i]) })),
      seed,
    };
  });

describe('alignNeurons', () => {
  it('gives each block of a rotated construction neurons of its own', () => {
    fc.assert(
      fc.property(anyBlocks, ({ w, blocks }) => {
        const { rotation, aligned, blockOfNeuron, obliqueness } = alignNeurons(w, blocks);
        const { dims, features } = w;
        expect(orthogonalityError(rotation, dims)).toBeLessThan(ROUNDING);
        expect(obliqueness).toBeLessThan(1e-7);
        blocks.forEach((block, k) => {
          expect(blockOfNeuron.filter((own) => own === k).length).toBe(block.dims);
          for (const i of block.features) {
            for (let a = 0; a < dims; a++) {
              if (blockOfNeuron[a] === k) continue;
              expect(Math.abs(aligned.data[i * dims + a])).toBeLessThan(ROUNDING);
            }
          }
        });
        const turned = rotated(w, rotation);
        for (let j = 0; j < dims * features; j++) {
          expect(Math.abs(turned.data[j] - aligned.data[j])).toBeLessThan(ROUNDING);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the Gram matrix and capacities, with and without noise', () => {
    fc.assert(
      fc.property(anyBlocks, fc.constantFrom(0, 0.02), ({ w, blocks, seed }, noise) => {
        const errors = gaussianEmbedding(w.dims, w.features, seed + 1);
        const noisy = embedding(
          w.dims,
          w.features,
          w.data.map((x, j) => x + noise * errors.data[j]),
        );
        const { aligned, change } = alignNeurons(noisy, blocks);
        const [before, after] = [gram(noisy), gram(aligned)];
        before.forEach((x, j) => expect(Math.abs(after[j] - x)).toBeLessThan(ROUNDING));
        const moved = aligned.data.map((x, j) => (x - noisy.data[j]) ** 2);
        const ratio = Math.sqrt(sum(moved) / sum(noisy.data.map((x) => x * x)));
        expect(change).toBeCloseTo(ratio, 12);
        expect(change).toBeLessThanOrEqual(2);
        const capacity = measureCapacity(noisy).capacity;
        measureCapacity(aligned).capacity.forEach((c, i) =>
          expect(Math.abs(c - capacity[i])).toBeLessThan(1e-7),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('changes nothing but axes inside blocks if blocks have neurons of their own already', () => {
    const { w, blocks } = blockDiagonal([antipodalPair, polygon(5, 0.4), antipodalPair]);
    const { change, blockOfNeuron, rotation } = alignNeurons(w, blocks);
    // No rotation makes a pentagon sparser, so it does not change.
    expect(change).toBeLessThan(1e-12);
    expect([...blockOfNeuron]).toEqual([0, 1, 1, 2]);
    expect(rotation.every((x, j) => Math.abs(x - (j % 5 === 0 ? 1 : 0)) < 1e-12)).toBe(true);
    const idle = alignNeurons(gaussianEmbedding(4, 6, 1), []);
    expect(idle.change).toBeLessThan(1e-12);
    expect([...idle.blockOfNeuron]).toEqual([-1, -1, -1, -1]);
  });

  it('aligns the antipodal pairs of a cross-polytope with neurons', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { w } = blockDiagonal([antipodalPair, antipodalPair, antipodalPair, antipodalPair]);
      const block = { features: [0, 1, 2, 3, 4, 5, 6, 7], dims: 4 };
      const { after } = alignmentReport(rotated(w, randomRotation(4, seed)), [block]);
      for (const features of after.perNeuron.participation) expect(features).toBeCloseTo(2, 9);
      expect([...after.perNeuron.count]).toEqual([2, 2, 2, 2]);
      for (const share of after.perNeuron.largestShare) expect(share).toBeCloseTo(1 / 2, 9);
    }
  });

  it('finds axes in two dimensions that are as sparse as those at any of many angles', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.nat(), (features, seed) => {
        const w = tightFrame(2, features, 1, seed);
        const all = Array.from({ length: features }, (_, i) => i);
        const { aligned } = alignNeurons(w, [{ features: all, dims: 2 }]);
        const fourths = (v: Embedding): number => sum(v.data.map((x) => x ** 4));
        const found = fourths(aligned);
        for (let step = 0; step < 200; step++) {
          const angle = (step * Math.PI) / 400;
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          expect(fourths(rotated(w, Float64Array.of(c, s, -s, c)))).toBeLessThan(found + 1e-12);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('finds axes in six dimensions within 1 % of the best of thirty random starts', () => {
    for (const seed of [1, 2, 3]) {
      const [dims, features] = [6, 12];
      const w = tightFrame(dims, features, 1, seed);
      const all = Array.from({ length: features }, (_, i) => i);
      const { aligned } = alignNeurons(w, [{ features: all, dims }]);
      const rows = rowsOf(w);
      const found = sum(aligned.data.map((x) => x ** 4));
      for (let start = 0; start < 30; start++) {
        const first = randomRotation(dims, 100 * seed + start);
        // Local maxima of such frames differ by about 1 %.
        expect(quartimax(rows, dims, features, first).fourthPowers).toBeLessThan(found * 1.01);
      }
    }
  });

  it('takes the sparsest of its starts: the neurons, the principal axes, and bases from the six longest features', () => {
    for (let seed = 0; seed < 24; seed++) {
      const [dims, features] = [3 + (seed % 4), 9 + (seed % 5)];
      const w = gaussianEmbedding(dims, features, seed);
      const all = Array.from({ length: features }, (_, i) => i);
      const rows = rowsOf(w);
      const n = measureCapacity(w).squaredNorm;
      const longest = all.toSorted((i, j) => n[j] - n[i]).slice(0, 6);
      const starts = [
        Float64Array.from({ length: dims * dims }, (_, j) => (j % (dims + 1) === 0 ? 1 : 0)),
        leftSingular(w).vectors.slice(0, dims * dims),
        ...longest.map((i) => pivotedBasis(rows, dims, features, i)),
      ];
      const { aligned } = alignNeurons(w, [{ features: all, dims }], { sweeps: 0 });
      const sparsest = Math.max(...starts.map((q) => sum(rotated(w, q).data.map((x) => x ** 4))));
      expect(sum(aligned.data.map((x) => x ** 4)) / sparsest).toBeCloseTo(1, 12);
    }
  });

  it.each([
    ['principal axes', 3, 2 * (3 ** 4 + 1)],
    // The first feature of each plane on an axis, and the second at its cosine 4/5.
    ['features only in a large block', 51, 10 ** 2 * (1 + 0.8 ** 4 + 0.6 ** 4)],
  ])('starts from %s: %i planes with two features each', (_, planes, fourths) => {
    const lengths = Array.from({ length: planes }, (_unused, k) => 1 + k / 100);
    const pairs = lengths.map((c) =>
      embeddingFromVectors([
        [3 * c, c],
        [3 * c, -c],
      ]),
    );
    const { w } = blockDiagonal(pairs);
    const dims = 2 * planes;
    const all = Array.from({ length: dims }, (_unused, i) => i);
    const turned = rotated(w, randomRotation(dims, 1));
    const { aligned } = alignNeurons(turned, [{ features: all, dims }], { sweeps: 0 });
    const expected = fourths * sum(lengths.map((c) => c ** 4));
    expect(sum(aligned.data.map((x) => x ** 4)) / expected).toBeCloseTo(1, 9);
  });

  it('sweeps no further once a local maximum is reached', () => {
    for (let seed = 0; seed < 6; seed++) {
      const dims = 4 + (seed % 3);
      const rows = rowsOf(gaussianEmbedding(dims, 3 * dims, seed));
      const [some, more] = [60, 100].map((sweeps) =>
        quartimax(rows, dims, 3 * dims, randomRotation(dims, seed), sweeps),
      );
      expect(more.rotation).toEqual(some.rotation);
    }
  });

  it('takes the column that adds most to the axes so far, then axes', () => {
    // Columns (10, 0, 0, 0), (9, 1, 0, 0) and (0, 0, 2, 0), as rows of coordinates: of the second, 1 is left.
    const x = Float64Array.of(10, 9, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0);
    const basis = Array.from(pivotedBasis(x, 4, 3), Math.abs);
    expect(basis).toEqual([1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  });

  it.each([
    [1, 1e-9, true],
    [1, 1e-11, false],
    [2 ** -60, 1e-9, true],
    [2 ** -60, 1e-11, false],
  ])(
    'leaves out columns below 1e-10 of the longest: of length %d, times %d',
    (unit, share, isUsed) => {
      // Columns (1, 0, 0) and (0, 1, 1), the second one short.
      const x = Float64Array.of(1, 0, 0, share, 0, share).map((y) => y * unit);
      const half = Math.SQRT1_2;
      const second = isUsed ? [0, half, half] : [0, 1, 0];
      const third = isUsed ? [0, half, -half] : [0, 0, 1];
      // The short column is left out as the first one too.
      const firsts = isUsed ? [null] : [null, 1];
      for (const first of firsts)
        [1, 0, 0, ...second, ...third].forEach((y, j) =>
          expect(pivotedBasis(x, 3, 2, first)[j]).toBeCloseTo(y, 14),
        );
    },
  );

  it('starts from an orthonormal basis of the columns, which axes complete where columns do not suffice', () => {
    const [rows, columns] = [5, 4];
    // Rank 2: each column is a combination of the same two vectors.
    const [u, v] = [gaussianEmbedding(rows, 1, 1).data, gaussianEmbedding(rows, 1, 2).data];
    const x = new Float64Array(rows * columns);
    for (let j = 0; j < columns; j++)
      for (let r = 0; r < rows; r++) x[r * columns + j] = (j + 1) * u[r] - j * j * v[r];
    for (const first of [null, 2]) {
      const basis = pivotedBasis(x, rows, columns, first);
      const axis = (k: number) => basis.subarray(k * rows, (k + 1) * rows);
      const dot = (a: Float64Array, b: Float64Array) => sum(a.map((y, r) => y * b[r]));
      const column = (j: number) =>
        Float64Array.from({ length: rows }, (_, r) => x[r * columns + j]);
      for (let k = 0; k < rows; k++)
        for (let l = 0; l <= k; l++) expect(dot(axis(k), axis(l))).toBeCloseTo(k === l ? 1 : 0, 13);
      const start = column(first ?? 3);
      expect(dot(axis(0), start)).toBeCloseTo(Math.sqrt(dot(start, start)), 12);
      for (let j = 0; j < columns; j++)
        for (let k = 2; k < rows; k++) expect(dot(axis(k), column(j))).toBeCloseTo(0, 12);
    }
  });

  it('turns oblique spans symmetrically, and reports the angle', () => {
    // Two directions 80 degrees apart: each turns by 5 degrees.
    const angle = (80 * Math.PI) / 180;
    const w = embeddingFromVectors([
      [1, 0],
      [Math.cos(angle), Math.sin(angle)],
    ]);
    const { obliqueness, aligned } = alignNeurons(w, [
      { features: [0], dims: 1 },
      { features: [1], dims: 1 },
    ]);
    expect(obliqueness).toBeCloseTo(Math.sin((5 * Math.PI) / 180), 12);
    expect(Math.abs(aligned.data[0])).toBeCloseTo(Math.cos((5 * Math.PI) / 180), 12);
    expect(Math.abs(aligned.data[1])).toBeCloseTo(Math.sin((5 * Math.PI) / 180), 12);
  });

  it('accepts entries of any size, and a zero matrix', () => {
    const { w, blocks } = blockDiagonal([polygon(3, 0.2), antipodalPair]);
    const turned = rotated(w, randomRotation(3, 5));
    const reference = alignNeurons(turned, blocks);
    const far = alignNeurons(
      embedding(
        3,
        5,
        turned.data.map((x) => x * 2 ** 600),
      ),
      blocks,
    );
    far.rotation.forEach((x, j) => expect(x).toBeCloseTo(reference.rotation[j], 9));
    expect(alignNeurons(embedding(2, 3), []).change).toBe(0);
  });

  it.each([
    [[{ features: [0, 1], dims: 0 }], 'blocks[0].dims: must be a positive integer, got 0'],
    [[{ features: [], dims: 1 }], 'blocks[0].features: must not be empty'],
    [[{ features: [0, 9], dims: 1 }], 'must be integers from 0 to 3, got 9'],
    [[{ features: [4], dims: 1 }], 'must be integers from 0 to 3, got 4'],
    [[{ features: [-1], dims: 1 }], 'must be integers from 0 to 3, got -1'],
    [[{ features: [0.5], dims: 1 }], 'must be integers from 0 to 3, got 0.5'],
    [
      [
        { features: [0, 1], dims: 1 },
        { features: [1], dims: 1 },
      ],
      'blocks[1].features: feature 1 is in blocks[0] already',
    ],
    [
      [{ features: [0, 1], dims: 2 }],
      'blocks[0].dims: must be at most the rank of its features, 1',
    ],
    [
      [
        { features: [0, 1, 2], dims: 2 },
        { features: [3], dims: 1 },
      ],
      'blocks: must have at most 2 dims together, got 3',
    ],
    [
      [
        { features: [0], dims: 1 },
        { features: [1], dims: 1 },
      ],
      'blocks: must have independent spans',
    ],
  ])('rejects %j', (blocks, message) => {
    const w = embeddingFromVectors([
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]);
    expect(() => alignNeurons(w, blocks)).toThrow(message);
  });

  it('rejects a negative number of sweeps, and a number that is not finite', () => {
    expect(() => alignNeurons(gaussianEmbedding(2, 3, 1), [], { sweeps: -1 })).toThrow(
      'sweeps: must be a non-negative integer, got -1',
    );
    const wrong = embedding(1, 1, Float64Array.of(NaN));
    expect(() => alignNeurons(wrong, [])).toThrow(/^alignNeurons: /);
  });
});
