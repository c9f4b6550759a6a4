import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alignmentReport,
  alignNeurons,
  bestAssignment,
  embedding,
  embeddingFromVectors,
  fillNormal,
  generator,
  gram,
  measureCapacity,
  permutation,
  type Embedding,
} from '../src/index.ts';
import { quartimax } from '../src/geometry/quartimax.ts';
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

/** Rounding of products of orthogonal matrices of some tens of dimensions, made in some thousand plane rotations. */
const ROUNDING = 1e-11;

/** One to five tight blocks, some dimensions that no block has, features in a random order, all rotated. */
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
  it('gives each block of a rotated construction neurons that no other block touches', () => {
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

  it('leaves the Gram matrix and capacities alone, noise or none', () => {
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
        expect(change).toBeLessThanOrEqual(2);
        const capacity = measureCapacity(noisy).capacity;
        measureCapacity(aligned).capacity.forEach((c, i) =>
          expect(Math.abs(c - capacity[i])).toBeLessThan(1e-7),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('changes nothing where blocks have neurons of their own already, up to axes inside a block', () => {
    const { w, blocks } = blockDiagonal([antipodalPair, polygon(5, 0.4), antipodalPair]);
    const { change, blockOfNeuron, rotation } = alignNeurons(w, blocks);
    // No rotation makes a pentagon sparser, so that it stays as it is.
    expect(change).toBeLessThan(1e-12);
    expect([...blockOfNeuron]).toEqual([0, 1, 1, 2]);
    expect(rotation.every((x, j) => Math.abs(x - (j % 5 === 0 ? 1 : 0)) < 1e-12)).toBe(true);
    const idle = alignNeurons(gaussianEmbedding(4, 6, 1), []);
    expect(idle.change).toBeLessThan(1e-12);
    expect([...idle.blockOfNeuron]).toEqual([-1, -1, -1, -1]);
  });

  it('finds the axes of a cross-polytope: antipodal pairs on neurons', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { w } = blockDiagonal([antipodalPair, antipodalPair, antipodalPair, antipodalPair]);
      const block = { features: [0, 1, 2, 3, 4, 5, 6, 7], dims: 4 };
      const { after } = alignmentReport(rotated(w, randomRotation(4, seed)), [block]);
      for (const features of after.perNeuron.participation) expect(features).toBeCloseTo(2, 9);
      expect([...after.perNeuron.count]).toEqual([2, 2, 2, 2]);
      for (const share of after.perNeuron.largestShare) expect(share).toBeCloseTo(1 / 2, 9);
    }
  });

  it('finds the sparsest axes of a block in two dimensions: as good as any of many angles', () => {
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

  it('finds axes hardly worse than the best of thirty random starts, in six dimensions', () => {
    for (const seed of [1, 2, 3]) {
      const [dims, features] = [6, 12];
      const w = tightFrame(dims, features, 1, seed);
      const all = Array.from({ length: features }, (_, i) => i);
      const { aligned } = alignNeurons(w, [{ features: all, dims }]);
      const rows = new Float64Array(dims * features);
      w.data.forEach((x, j) => {
        rows[(j % dims) * features + Math.floor(j / dims)] = x;
      });
      const found = sum(aligned.data.map((x) => x ** 4));
      for (let start = 0; start < 30; start++) {
        const first = randomRotation(dims, 100 * seed + start);
        // Within the hundredth by which local maxima of such frames differ.
        expect(quartimax(rows, dims, features, first).fourthPowers).toBeLessThan(found * 1.01);
      }
    }
  });

  it('prefers the neurons whose weights change least: of all exchanges and signs', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        // Blocks of one dimension: the axes are given, only their neurons and signs are free.
        const [dims, features] = [4, 8];
        const { w: plain, blocks } = blockDiagonal(
          [1, 2, 3, 4].map((gamma, k) => tightFrame(1, 2, gamma, seed + k)),
        );
        const w = rotated(plain, randomRotation(dims, seed));
        const { change, rotation } = alignNeurons(w, blocks);
        const norm = Math.sqrt(sum(w.data.map((x) => x * x)));
        for (const order of orders(dims)) {
          for (let signs = 0; signs < 16; signs++) {
            const other = new Float64Array(dims * dims);
            order.forEach((from, to) => {
              const sign = (signs >> to) & 1 ? -1 : 1;
              for (let d = 0; d < dims; d++)
                other[to * dims + d] = sign * rotation[from * dims + d];
            });
            const turned = rotated(w, other);
            let change2 = 0;
            for (let j = 0; j < dims * features; j++) change2 += (turned.data[j] - w.data[j]) ** 2;
            expect(Math.sqrt(change2) / norm).toBeGreaterThan(change - 1e-7);
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  it('takes oblique spans symmetrically, and tells by how much it turned them', () => {
    // Two directions 80 degrees apart: each has to give way by 5 degrees.
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

  it('takes entries of any size, and a zero matrix', () => {
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
      'blocks: must have spans that are independent',
    ],
  ])('refuses %j', (blocks, message) => {
    const w = embeddingFromVectors([
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]);
    expect(() => alignNeurons(w, blocks)).toThrow(message);
  });

  it('refuses sweeps that are no number of sweeps', () => {
    expect(() => alignNeurons(gaussianEmbedding(2, 3, 1), [], { sweeps: -1 })).toThrow(
      'sweeps: must be a non-negative integer, got -1',
    );
  });
});

describe('alignmentReport', () => {
  it('shows the claim of the paper: the larger a block, the more features each of its neurons mixes', () => {
    const measured = [1, 2, 4, 8, 16].map((size) => {
      // As many dimensions in blocks of each size, twice as many features, rotated away from the neurons.
      const parts = Array.from({ length: 16 / size }, (_, k) =>
        tightFrame(size, 2 * size, 1, 10 * size + k),
      );
      const { w, blocks } = blockDiagonal(parts);
      const report = alignmentReport(rotated(w, randomRotation(16, size)), blocks);
      return {
        before: sum(report.before.perNeuron.participation) / 16,
        after: sum(report.after.perNeuron.participation) / 16,
        count: sum(report.after.perNeuron.count) / 16,
      };
    });
    measured.forEach(({ before, after, count }, at) => {
      // Before, neurons mix all blocks: a third of Gaussian entries' number, 32, is their participation ratio.
      expect(before).toBeGreaterThan(7);
      expect(after).toBeLessThan(before / 2);
      if (at === 0) return;
      expect(after).toBeGreaterThan(measured[at - 1].after);
      expect(count).toBeGreaterThan(measured[at - 1].count);
    });
    // Two features share each neuron of the smallest blocks.
    expect(measured[0].count).toBeLessThanOrEqual(2);
    expect(measured[4].count).toBeGreaterThan(10);
  });

  it('counts neurons of blocks and blocks of neurons, before and after', () => {
    const { w, blocks } = blockDiagonal([antipodalPair, polygon(3), polygon(5)]);
    const turned = rotated(w, randomRotation(5, 8));
    const report = alignmentReport(turned, blocks, { threshold: 0.05 });
    expect(report.after.threshold).toBe(0.05);
    for (const own of report.blocksPerNeuronAfter) expect(own).toBeCloseTo(1, 12);
    expect(Math.max(...report.blocksPerNeuronBefore)).toBeGreaterThan(1.5);
    report.blocks.forEach((block, k) => {
      expect(block.ownNeurons.length).toBe(block.dims);
      expect(block.ownShare).toBeCloseTo(1, 12);
      // A tight block has the same weight on each of its axes.
      expect(block.after.neurons).toBeCloseTo(blocks[k].dims, 12);
      expect(block.before.neurons).toBeGreaterThan(block.after.neurons);
      expect(block.after.featuresPerNeuron).toBeLessThan(block.before.featuresPerNeuron);
    });
    const [pair, triangle, pentagon] = report.blocks.map((block) => block.after);
    expect(pair.featuresPerNeuron).toBeCloseTo(2, 12);
    expect(pair.countPerNeuron).toBeCloseTo(2, 12);
    expect(pair.monosemanticity).toBeCloseTo(1 / 2, 12);
    // Every turn of a triangle and of a pentagon has the same sum of fourth powers: 2 and 10/3 features, on average.
    expect(triangle.featuresPerNeuron).toBeCloseTo(2, 12);
    expect(pentagon.featuresPerNeuron).toBeCloseTo(10 / 3, 12);
  });

  it('is plain data, unchanged by writing and reading', () => {
    const { w, blocks } = blockDiagonal([antipodalPair, polygon(3)]);
    const report = alignmentReport(w, blocks);
    expect(structuredClone(report)).toEqual(report);
  });

  it('says how much of a noisy block stays on its own neurons', () => {
    const { w, blocks } = blockDiagonal([antipodalPair, polygon(3), polygon(5)]);
    const errors = new Float64Array(w.data.length);
    fillNormal(generator(3), errors);
    const noisy = embedding(
      w.dims,
      w.features,
      w.data.map((x, j) => x + 0.03 * errors[j]),
    );
    const report = alignmentReport(rotated(noisy, randomRotation(5, 2)), blocks);
    for (const { ownShare } of report.blocks) {
      // Noise has at most three dimensions of 0.03^2 each outside, beside length 1: some multiple of a third of a percent.
      expect(ownShare).toBeGreaterThan(0.98);
      expect(ownShare).toBeLessThan(1);
    }
    expect(report.alignment.obliqueness).toBeLessThan(0.1);
  });
});

function orders(n: number): number[][] {
  if (n === 0) return [[]];
  return orders(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

describe('bestAssignment', () => {
  it('is the best of all orders', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 6 })
          .chain((n) =>
            fc.tuple(
              fc.constant(n),
              fc.array(fc.integer({ min: -20, max: 20 }), { minLength: n * n, maxLength: n * n }),
            ),
          ),
        ([n, list]) => {
          const scores = Float64Array.from(list);
          const value = (order: ArrayLike<number>): number =>
            sum(Array.from(order, (column, row) => scores[row * n + column]));
          const found = bestAssignment(scores, n);
          expect([...found].toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: n }, (_, i) => i),
          );
          expect(value(found)).toBe(Math.max(...orders(n).map(value)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('refuses wrong sizes and numbers that are not finite', () => {
    expect(() => bestAssignment(new Float64Array(3), 2)).toThrow('a 2 x 2 matrix was announced');
    expect(() => bestAssignment(Float64Array.of(1, 2, NaN, 4), 2)).toThrow('entry (1, 0) is NaN');
  });
});
