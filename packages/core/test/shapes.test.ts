import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureVector, type Embedding } from '../src/embedding/embedding.ts';
import { nameShape } from '../src/geometry/shapes/name-shape.ts';
import { polytope, type PolytopeName } from '../src/geometry/shapes/polytope.ts';
import { tegum } from '../src/geometry/shapes/tegum.ts';
import type { NamedShape } from '../src/geometry/shapes/named-shape.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { disguised, meanLength, randomTightFrame, SHAPES } from './shape-cases.ts';

const SEEDS = 100;

/** Acceptable names of a shape: at 3 % noise the height of an antiprism may be unclear. */
function isRight(found: string, name: PolytopeName): boolean {
  if (name.endsWith('square antiprism')) return found.endsWith('square antiprism');
  const unequal = name === 'antipodal pair' ? `unequal ${name}` : `stretched ${name}`;
  return found === name || found === unequal;
}

describe('nameShape, at a noise of 3 % of the mean length', () => {
  it.each(SHAPES)(
    'recognises %s in 99 % of seeds, rotated, permuted and in spare dimensions',
    (name) => {
      let right = 0;
      let equal = 0;
      for (let seed = 0; seed < SEEDS; seed++) {
        for (const spare of [0, 3]) {
          const scale = 10 ** ((seed % 7) - 3);
          const { w } = disguised(polytope(name), seed, { spare, noise: 0.03, scale });
          const shape = nameShape(w);
          if (isRight(shape.name, name)) right++;
          if (!shape.unequalLengths) equal++;
        }
      }
      expect(right / SEEDS / 2).toBeGreaterThanOrEqual(0.99);
      expect(equal / SEEDS / 2).toBeGreaterThanOrEqual(0.99);
    },
  );

  it.each(SHAPES)('recognises %s with lengths from 0.6 to 1.67', (name) => {
    let right = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const { w } = disguised(polytope(name), seed, { noise: 0.03, spread: 5 / 3 });
      if (isRight(nameShape(w).name, name)) right++;
    }
    expect(right / SEEDS).toBeGreaterThanOrEqual(0.99);
  });

  it('does not name 1,000 Gaussian matrices', () => {
    expect(falseNames((d, n, seed) => gaussianEmbedding(d, n, seed), 1)).toEqual([]);
  });

  it('names three Gaussian vectors in a plane with a probability proportional to the square of the noise', () => {
    // Two angles determine all these shapes; each agrees by chance with a probability proportional to the noise.
    const named = (noise: number): number => {
      let count = 0;
      for (let seed = 0; seed < 3000; seed++) {
        if (nameShape(gaussianEmbedding(2, 3, seed), undefined, { noise }).recognised) count++;
      }
      return count;
    };
    const [often, seldom] = [named(0.03), named(0.01)];
    expect(often / 3000).toBeLessThan(0.03);
    // Nine times as often for three times the noise, within 4 standard errors of two Poisson counts.
    expect(Math.abs(often - 9 * seldom)).toBeLessThan(4 * Math.sqrt(often + 81 * seldom));
  });

  // Lengths determine a tight frame of D + 1 vectors up to rotation and signs, so those have shapes.
  it('does not name 1,000 tight frames of at least D + 2 vectors', () => {
    expect(falseNames(randomTightFrame, 2)).toEqual([]);
  });

  it('names a tight frame of three vectors in a plane a stretched triangle if and only if its angles are obtuse', () => {
    let obtuse = 0;
    for (let seed = 0; seed < 200; seed++) {
      const w = randomTightFrame(2, 3, seed);
      const [a, b, c] = [0, 1, 2].map((i) => featureVector(w, i));
      const largest = Math.max(
        a[0] * b[0] + a[1] * b[1],
        a[0] * c[0] + a[1] * c[1],
        b[0] * c[0] + b[1] * c[1],
      );
      // Rounding is the only noise, so no angle is a right angle by chance.
      const { name, stretch } = nameShape(w, undefined, { noise: 0 });
      expect(name).toBe(largest < 0 ? 'stretched triangle' : 'unordered');
      expect(stretch?.kind).toBe(largest < 0 ? 'tight' : undefined);
      if (largest < 0) obtuse++;
    }
    expect(obtuse).toBeGreaterThan(20);
  });
});

/** Names of 1,000 matrices of all sizes up to 16 in 8 except 3 in 2, with at least D + `surplus` features. */
function falseNames(
  make: (dims: number, features: number, seed: number) => Embedding,
  surplus: number,
): string[] {
  const sizes: [number, number][] = [];
  for (let n = 3; n <= 16; n++) {
    for (let d = 2; d <= Math.min(8, n - surplus); d++) if (n > 3) sizes.push([d, n]);
  }
  const names: string[] = [];
  for (let seed = 0; seed < 1000; seed++) {
    const [d, n] = sizes[seed % sizes.length];
    const { name, recognised } = nameShape(make(d, n, seed));
    if (recognised) names.push(`${n} in ${d}: ${name}`);
  }
  return names;
}

describe('the error of nameShape', () => {
  // The residual over sigma^2 is chi-square: N D numbers minus N lengths and the d(2 D - d - 1) / 2 of the orientation.
  it.each<[PolytopeName, number]>([
    ['triangle', 2],
    ['pentagon', 0],
    ['octahedron', 1],
    ['pentagonal bipyramid', 3],
    ['cube', 0],
    ['5-cross-polytope', 4],
  ])('has the expected mean square for %s with %i spare dimensions', (name, spare) => {
    const shape = polytope(name);
    const { features: n, dims: d } = shape;
    const dims = d + spare;
    const freedom = n * dims - n - (d * (2 * dims - d - 1)) / 2;
    const noise = 0.01;
    const runs = 400;
    let mean = 0;
    let counted = 0;
    for (let seed = 0; seed < runs; seed++) {
      const { w } = disguised(shape, seed, { spare, noise });
      const { error, recognised } = nameShape(w, undefined, { noise });
      // One or two of 10^4 are rejected.
      if (!recognised) continue;
      counted++;
      const total = Array.from(w.data).reduce((sum, x) => sum + x * x, 0);
      mean += (error * error * total) / (noise / meanLength(dims)) ** 2;
    }
    // Within 4.5 standard errors of a mean of chi-squares, and 0.2 % for non-linearity at this noise level.
    expect(counted).toBeGreaterThan(runs - 3);
    expect(Math.abs(mean / counted - freedom)).toBeLessThan(
      4.5 * Math.sqrt((2 * freedom) / runs) + 0.002 * freedom,
    );
  });

  it('is zero for exact polytopes, with confidence 1', () => {
    for (const name of SHAPES) {
      const shape = nameShape(polytope(name), undefined, { noise: 0 });
      expect(shape.name).toBe(name);
      expect(shape.error).toBeLessThan(1e-7);
      expect(shape.confidence).toBeGreaterThan(0.999);
      expect(shape.unequalLengths).toBe(false);
    }
  });
});

describe('the name of a shape', () => {
  const summary = ({ name, recognised, dims, unequalLengths, factors }: NamedShape): unknown => ({
    name,
    recognised,
    dims,
    unequalLengths,
    factors: factors.map((factor) => factor.name).toSorted(),
  });
  const anything: fc.Arbitrary<Embedding> = fc.oneof(
    fc.constantFrom(...SHAPES).map(polytope),
    fc
      .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 9 }), fc.nat(1000))
      .map(([d, n, seed]) => gaussianEmbedding(d, n, seed)),
    fc
      .tuple(fc.constantFrom(...SHAPES), fc.nat(1000))
      .map(([name, seed]) => disguised(polytope(name), seed, { noise: 0.02, spread: 1.5 }).w),
  );

  it('is invariant under rotation, permutation and scale', () => {
    fc.assert(
      fc.property(
        anything,
        fc.nat(1000),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        (shape, seed, scale) => {
          const { w, order } = disguised(shape, seed, { scale });
          const [before, after] = [nameShape(shape), nameShape(w)];
          expect(summary(after)).toEqual(summary(before));
          expect(after.confidence).toBeCloseTo(before.confidence, 6);
          if (before.recognised) expect(after.error).toBeCloseTo(before.error, 6);
          const moved = before.features.map((i) => order[i]).toSorted((i, j) => i - j);
          expect(after.features.toSorted((i, j) => i - j)).toEqual(moved);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lists features in the order of the vertices', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SHAPES), fc.nat(1000), (name, seed) => {
        const { w } = disguised(polytope(name), seed, {});
        const { features, factors } = nameShape(w, undefined, { noise: 1e-3 });
        // Factors of a product are sorted by size, as in the polytopes of this list.
        const shape = factors.length > 0 ? name : polytope(name);
        if (typeof shape === 'string') return;
        const cosine = (v: Embedding, i: number, j: number): number => {
          const [a, b] = [featureVector(v, i), featureVector(v, j)];
          let sum = 0;
          for (let k = 0; k < v.dims; k++) sum += a[k] * b[k];
          return sum;
        };
        features.forEach((i, vi) =>
          features.forEach((j, vj) =>
            expect(cosine(w, i, j)).toBeCloseTo(cosine(shape, vi, vj), 9),
          ),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('of a tegum product names its factors', () => {
    const factorNames = [
      'single',
      'antipodal pair',
      'triangle',
      'pentagon',
      'tetrahedron',
      'cube',
    ] as const;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...factorNames), { minLength: 2, maxLength: 4 }),
        fc.nat(1000),
        (names, seed) => {
          const product = tegum(...names.map((name) => polytope(name)));
          const { w, order } = disguised(product, seed, { noise: 0.01, spare: 1 });
          const shape = nameShape(w, undefined, { noise: 0.01 });
          expect(shape.recognised).toBe(true);
          expect(shape.factors.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
          let first = 0;
          const parts = names.map((name) => {
            const size = polytope(name).features;
            return Array.from({ length: size }, () => order[first++]).toSorted((i, j) => i - j);
          });
          const found = shape.factors.map(({ features }) => features.toSorted((i, j) => i - j));
          expect(found.toSorted()).toEqual(parts.toSorted());
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each<[readonly PolytopeName[], string]>([
    [['antipodal pair', 'antipodal pair'], 'square'],
    [['square', 'antipodal pair'], 'octahedron'],
    [['octahedron', 'square'], '5-cross-polytope'],
    [['antipodal pair', 'triangle'], 'triangular bipyramid'],
    [['pentagon', 'antipodal pair'], 'pentagonal bipyramid'],
    [['triangle', 'triangle'], '2 x triangle'],
    [['single', 'tetrahedron', 'triangle'], 'tetrahedron + triangle + single'],
    [['single', 'single'], '2 x single'],
  ])('of the product of %j is %s', (parts, name) => {
    expect(nameShape(tegum(...parts.map((part) => polytope(part)))).name).toBe(name);
  });

  it('reports recognised factors together with an unordered one', () => {
    const { name, factors, confidence } = nameShape(
      tegum(polytope('pentagon'), gaussianEmbedding(3, 6, 5)),
    );
    expect(name).toBe('unordered');
    expect(factors.map((factor) => factor.name).toSorted()).toEqual(['pentagon', 'unordered']);
    expect(confidence).toBe(1);
  });
});
