import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOfEigenvectors, inBlockBases } from '../src/geometry/block-basis.ts';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import {
  canBeNamedWhole,
  describeGeometry,
  isAlignable,
  spreadOf,
} from '../src/geometry/describe-geometry.ts';
import { embedding, featureVector } from '../src/embedding/embedding.ts';
import { frameSpectrum } from '../src/geometry/frame-spectrum.ts';
import { generator } from '@polysem/numerics/random';
import { gram } from '../src/embedding/gram.ts';
import { nameShape } from '../src/geometry/shapes/name-shape.ts';
import { trackBlocks } from '../src/geometry/track-blocks.ts';

const seeds = fc.integer({ min: 0, max: 1e6 });

/** A triangle, an antipodal pair, a full feature and a zero vector, in random rotation and order. */
function made(seed: number, noise = 0) {
  return constructEfficient(generator(seed), {
    blocks: [
      { dims: 2, capacities: [2 / 3, 2 / 3, 2 / 3], gamma: 1 },
      { dims: 1, capacities: [1 / 2, 1 / 2], gamma: 2 },
      { dims: 1, features: 1, gamma: 3 },
    ],
    ignored: 1,
    rotate: true,
    permute: true,
    noise,
  });
}

describe('canBeNamedWhole', () => {
  it('is true for several components of up to 256 features together', () => {
    const component = (first: number, count: number) => ({
      features: Array.from({ length: count }, (_, i) => first + i),
    });
    expect(canBeNamedWhole([component(0, 200), component(200, 56)])).toBe(true);
    expect(canBeNamedWhole([component(0, 200), component(200, 57)])).toBe(false);
    expect(canBeNamedWhole([component(0, 3)])).toBe(false);
  });
});

it('the spread of eigenvalues in noise is 4 sqrt(2 D / N) times the noise, from 1e-3 to 0.9', () => {
  expect(spreadOf({ dims: 8, features: 64 }, 0.03)).toBeCloseTo(0.06, 14);
  expect(spreadOf({ dims: 2, features: 100 }, 0.05)).toBeCloseTo(0.04, 14);
  expect(spreadOf({ dims: 8, features: 4 }, 0.1)).toBeCloseTo(0.8, 14);
  expect(spreadOf({ dims: 8, features: 4 }, 0.2)).toBe(0.9);
  expect(spreadOf({ dims: 8, features: 64 }, 4e-4)).toBe(1e-3);
});

describe('isAlignable', () => {
  it('is true up to 4e6 products, 512 dimensions and a search of 2e8 multiplications', () => {
    const structure = (counts: readonly number[], own: number, dims: number) => ({
      dims,
      components: counts.map((count) => ({
        features: Array.from({ length: count }, (_, i) => i),
        dims: own,
      })),
    });
    // 4e6 = (30,000 + 10,000) 10^2.
    expect(isAlignable(structure([30_000, 10_000], 10, 512), 2e8)).toBe(true);
    expect(isAlignable(structure([30_000, 10_001], 10, 512), 2e8)).toBe(false);
    expect(isAlignable(structure([30_000, 10_000], 10, 513), 2e8)).toBe(false);
    expect(isAlignable(structure([30_000, 10_000], 10, 512), 2e8 + 1)).toBe(false);
  });
});

describe('describeGeometry', () => {
  it('does not depend on the unit of W', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(-1050, -600, -200, 100, 600, 1000), (seed, exponent) => {
        const { embedding: w } = made(seed, 0.01);
        // In two steps, since the factor itself may be out of range. Entries stay normal numbers, so none is rounded.
        const half = 2 ** (Math.max(exponent, -1010) / 2);
        const data = w.data.map((x) => x * half * half);
        fc.pre(data.every((x) => x === 0 || Math.abs(x) > 2 ** -1022));
        const [one, other] = [w, embedding(w.dims, w.features, data)].map((x) =>
          describeGeometry(x),
        );
        const unit = (g: number): number => g / half / half / half / half;
        const blocks = one.structure.components;
        expect(other.structure.components).toHaveLength(blocks.length);
        other.structure.components.forEach(({ gamma, ...block }, k) => {
          const { gamma: expected, ...same } = blocks[k];
          expect(block).toEqual(same);
          if (gamma > 0 && gamma < Infinity) expect(unit(gamma)).toBeCloseTo(expected, 9);
        });
        expect(other.structure.ignored).toEqual(one.structure.ignored);
        expect(other.structure.evidence).toEqual(one.structure.evidence);
        expect(other.shapes.map(({ name }) => name)).toEqual(one.shapes.map(({ name }) => name));
        expect(other.form.relativeError).toBeCloseTo(one.form.relativeError, 12);
        expect(other.nearest?.relativeDistance).toBeCloseTo(
          one.nearest?.relativeDistance ?? NaN,
          12,
        );
        const [near] = [other.nearest?.embedding.data ?? []].map((list) =>
          Array.from(list, (x) => x / half / half),
        );
        near.forEach((x, j) => expect(x).toBeCloseTo(one.nearest?.embedding.data[j] ?? NaN, 9));
      }),
      { numRuns: 20 },
    );
  });

  it('recovers a construction in all parts', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { embedding: w, blocks, ignored } = made(seed);
        const { structure, shapes, form, nearest, spectral, alignment } = describeGeometry(w, {
          signs: 'free',
        });
        const sorted = (list: readonly (readonly number[])[]): string[] =>
          list.map((block) => block.toSorted((a, b) => a - b).join()).toSorted();
        expect(sorted(structure.components.map(({ features }) => features))).toEqual(
          sorted(blocks),
        );
        expect(structure.ignored).toEqual(ignored);
        const nameOf = new Map(
          structure.components.map(({ features }, k) => [features.length, shapes[k].name]),
        );
        expect([3, 2, 1].map((size) => nameOf.get(size))).toEqual([
          'triangle',
          'antipodal pair',
          'single',
        ]);
        expect(form.efficient).toBe(true);
        expect(nearest?.relativeDistance).toBeLessThan(1e-7);
        // There are three eigenvalues, and every feature is an eigenvector.
        expect(spectral.spectrum.eigenspaces.map(({ dims }) => dims)).toEqual([1, 1, 2]);
        spectral.localisation.forEach((l, i) =>
          expect(l).toBeCloseTo(ignored.includes(i) ? 0 : 1, 9),
        );
        // Each neuron has one block after alignment.
        alignment?.blocksPerNeuronAfter.forEach((count) => expect(count).toBeCloseTo(1, 9));
      }),
      { numRuns: 25 },
    );
  });

  it('aligns many small blocks in many dimensions with neurons, and omits parts that take too long', () => {
    const blocks = Array.from({ length: 45 }, (_, k) => ({ dims: 3, features: 5, gamma: 1 + k }));
    const { embedding: w } = constructEfficient(generator(4), { blocks, rotate: true });
    const { alignment, neurons } = describeGeometry(w);
    const mean = (values: Float64Array): number =>
      values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(mean(neurons.perNeuron.participation)).toBeGreaterThan(20);
    // Blocks of five features, so at most five features per neuron.
    expect(Math.max(...(alignment?.after.perNeuron.participation ?? [Infinity]))).toBeLessThan(5);
    const large = { blocks: [{ dims: 142, features: 200, gamma: 1 }], rotate: true };
    const { embedding: one } = constructEfficient(generator(4), large);
    expect(describeGeometry(one).alignment).toBeNull();
  });

  it('searches the nearest efficient matrix up to 2e8 multiplications', () => {
    expect(describeGeometry(embedding(200, 5000)).nearest?.distance).toBe(0);
    expect(describeGeometry(embedding(200, 5001)).nearest).toBeNull();
  });

  it('names the shape of all blocks together', () => {
    const axes = [0, 1, 2].flatMap((d) =>
      [1, -1].map((sign) => [0, 1, 2].map((k) => (k === d ? sign : 0))),
    );
    const angles = [0, 1, 2].map((k) => (2 * Math.PI * k) / 3);
    const bipyramid = [...angles.map((a) => [Math.cos(a), Math.sin(a), 0]), [0, 0, 1], [0, 0, -1]];
    const named = [axes, bipyramid, bipyramid.slice(0, 3)].map((vectors) => {
      const { whole, shapes } = describeGeometry(
        embedding(3, vectors.length, Float64Array.from(vectors.flat())),
      );
      return [shapes.map(({ name }) => name).toSorted(), whole?.name];
    });
    expect(named).toEqual([
      [['antipodal pair', 'antipodal pair', 'antipodal pair'], 'octahedron'],
      [['antipodal pair', 'triangle'], 'triangular bipyramid'],
      [['triangle'], undefined],
    ]);
  });

  it('names shapes by the noise that the blocks show, where that is more than assumed', () => {
    const { embedding: w } = constructEfficient(generator(3), {
      blocks: Array.from({ length: 12 }, () => ({ dims: 1, capacities: [1 / 2, 1 / 2] })),
      noise: 0.15,
    });
    const { structure, shapes } = describeGeometry(w);
    expect(structure.noise).toBeGreaterThan(0.1);
    const namesBy = (noise: number) =>
      structure.components.map(({ features }) => nameShape(w, features, { noise }).name);
    const names = shapes.map(({ name }) => name);
    expect(names).toEqual(namesBy(structure.noise));
    // Two vectors of a block of one dimension have the same direction or the opposite one.
    expect(new Set(names)).toEqual(new Set(['antipodal pair', 'parallel pair']));
    expect(namesBy(0.03)).toContain('oblique pair');
  });

  it('ignores features within the noise, and includes them if less noise is assumed', () => {
    const { embedding: w, ignored } = made(4);
    const data = Float64Array.from(w.data);
    data[ignored[0] * w.dims] = 0.01;
    const nearly = embedding(w.dims, w.features, data);
    expect(describeGeometry(nearly).structure.ignored).toEqual(ignored);
    expect(describeGeometry(nearly, { noise: 1e-6 }).structure.ignored).toEqual([]);
  });
});

describe('inBlockBases and blocksOfEigenvectors', () => {
  it('keep inner products, and find the block of each eigenvector', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { embedding: w, blocks } = made(seed);
        const spans = blocks.map((features) => ({ features, dims: features.length === 3 ? 2 : 1 }));
        const whole = gram(w);
        inBlockBases(w, spans).forEach((own, k) => {
          expect(own.dims).toBe(spans[k].dims);
          const part = gram(own);
          const n = own.features;
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < n; j++) {
              const [a, b] = [spans[k].features[i], spans[k].features[j]];
              expect(part[i * n + j]).toBeCloseTo(whole[a * w.features + b], 12);
            }
          }
        });
        const spectrum = frameSpectrum(w);
        blocksOfEigenvectors(w, spectrum, spans).forEach((at, k) => {
          // S u = lambda u with the gamma of the block of u.
          const inside = spans[at ?? NaN].features.some((i) => {
            const u = spectrum.vectors.subarray(k * w.dims, (k + 1) * w.dims);
            const dot = Array.from(featureVector(w, i)).reduce((sum, x, d) => sum + x * u[d], 0);
            return Math.abs(dot) > 1e-9;
          });
          expect(inside).toBe(true);
        });
      }),
      { numRuns: 25 },
    );
  });

  it('give no block to an eigenvector outside all spans', () => {
    const w = embedding(2, 2, Float64Array.of(1, 0, 0, 2));
    expect(blocksOfEigenvectors(w, frameSpectrum(w), [{ features: [0], dims: 1 }])).toEqual([
      null,
      0,
    ]);
  });
});

describe('trackBlocks', () => {
  it('keeps the number of a block while it lasts, although features join and leave', () => {
    const rows = trackBlocks(
      [
        [
          [0, 1, 2],
          [3, 4],
        ],
        [
          [3, 4, 5],
          [0, 1],
        ],
        [[3], [4, 5], [0, 1, 2]],
        [],
        [[0, 1, 2]],
      ],
      6,
    );
    expect(rows).toEqual([
      [0, 0, 0, 1, 1, null],
      [0, 0, null, 1, 1, 1],
      [0, 0, 0, 2, 1, 1],
      [null, null, null, null, null, null],
      [3, 3, 3, null, null, null],
    ]);
  });

  it('follows the larger share of both blocks, not the larger number of common features', () => {
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => from + i);
    const [, row] = trackBlocks(
      [[numbers(0, 10)], [numbers(2, 5).concat(numbers(20, 40)), [0, 1]]],
      40,
    );
    expect([row[0], row[1], row[2], row[20]]).toEqual([0, 0, 1, 1]);
  });

  it('gives a number to the first of equal parts, and the smaller number to equal blocks that join', () => {
    const halves = [
      [2, 3],
      [0, 1],
    ];
    expect(trackBlocks([[[0, 1, 2, 3]], halves, [[0, 1, 2, 3]]], 4)).toEqual([
      [0, 0, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
    const turned = halves.toReversed();
    expect(trackBlocks([turned, halves, [[0, 1, 2, 3]]], 4)).toEqual([
      [0, 0, 1, 1],
      [0, 0, 1, 1],
      [0, 0, 0, 0],
    ]);
  });

  it('gives a new number to a block that has no feature of an earlier one', () => {
    expect(trackBlocks([[[0, 1]], [[2]]], 3)).toEqual([
      [0, 0, null],
      [null, null, 1],
    ]);
  });

  it('never gives two blocks of one checkpoint the same number', () => {
    const partition = fc
      .array(fc.integer({ min: -1, max: 3 }), { minLength: 8, maxLength: 8 })
      .map((labels) =>
        [0, 1, 2, 3]
          .map((k) => labels.flatMap((label, i) => (label === k ? [i] : [])))
          .filter((block) => block.length > 0),
      );
    fc.assert(
      fc.property(fc.array(partition, { maxLength: 6 }), (partitions) => {
        trackBlocks(partitions, 8).forEach((row, at) => {
          const numbers = partitions[at].map((block) => new Set(block.map((i) => row[i])));
          for (const set of numbers) expect(set.size).toBe(1);
          expect(new Set(numbers.map(([n]) => n)).size).toBe(numbers.length);
        });
      }),
    );
  });
});

it('describeGeometry checks its options before it begins', () => {
  const parts: string[] = [];
  const w = embedding(2, 3, Float64Array.of(1, 0, 0, 1, 1, 1));
  expect(() => describeGeometry(w, { noise: -1 }, (part) => void parts.push(part))).toThrow(
    RangeError,
  );
  expect(parts).toEqual([]);
});
