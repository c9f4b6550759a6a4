import { describe, expect, it } from 'vitest';
import { antiprismHeight } from '../src/geometry/shapes/antiprism.ts';
import { featureVector } from '../src/embedding/embedding.ts';
import { gram } from '../src/embedding/gram.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { polytope, type PolytopeName } from '../src/geometry/shapes/polytope.ts';
import { tegum } from '../src/geometry/shapes/tegum.ts';
import { antiprism } from '../src/geometry/shapes/antiprism.ts';
import { gaussianEmbedding } from './fixtures.ts';

/** Coulomb energy of unit charges at the vertices, from all pairs. */
function energy(z: number): number {
  const w = antiprism(z);
  let sum = 0;
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [featureVector(w, i), featureVector(w, j)];
      sum += 1 / Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    }
  }
  return sum;
}

describe('polytope', () => {
  const known: readonly [PolytopeName, number, number, readonly number[]][] = [
    ['single', 1, 1, [1]],
    ['antipodal pair', 2, 1, [1 / 2]],
    ['triangle', 3, 2, [2 / 3]],
    ['square', 4, 2, [1 / 2]],
    ['pentagon', 5, 2, [2 / 5]],
    ['hexagon', 6, 2, [1 / 3]],
    ['heptagon', 7, 2, [2 / 7]],
    ['octagon', 8, 2, [1 / 4]],
    ['11-gon', 11, 2, [2 / 11]],
    ['tetrahedron', 4, 3, [3 / 4]],
    ['6-simplex', 7, 6, [6 / 7]],
    ['octahedron', 6, 3, [1 / 2]],
    ['5-cross-polytope', 10, 5, [1 / 2]],
    ['cube', 8, 3, [3 / 8]],
    ['icosahedron', 12, 3, [1 / 4]],
    ['triangular bipyramid', 5, 3, [2 / 3, 2 / 3, 2 / 3, 1 / 2, 1 / 2]],
    ['pentagonal bipyramid', 7, 3, [2 / 5, 2 / 5, 2 / 5, 2 / 5, 2 / 5, 1 / 2, 1 / 2]],
    ['tight square antiprism', 8, 3, [3 / 8]],
    ['triangular prism', 6, 3, [1 / 2]],
  ];

  it.each(known)('%s: %i unit vectors in %i dimensions, capacities %j', (name, n, d, expected) => {
    const { capacity, squaredNorm, rank, features, dims } = measureCapacity(polytope(name));
    expect([features, dims, rank]).toEqual([n, d, d]);
    capacity.forEach((c, i) => expect(c).toBeCloseTo(expected[i % expected.length], 14));
    squaredNorm.forEach((x) => expect(x).toBeCloseTo(1, 14));
  });

  it('has distinct vertices with the right cosines: -1/d in simplices, -1 and 0 in cross-polytopes', () => {
    const cosines = (name: PolytopeName): number[] => {
      const w = polytope(name);
      const rounded = Array.from(gram(w), (x) => Math.round(x * 1e12) / 1e12 + 0);
      return [...new Set(rounded)].toSorted((a, b) => a - b);
    };
    expect(cosines('4-simplex')).toEqual([-0.25, 1]);
    expect(cosines('4-cross-polytope')).toEqual([-1, 0, 1]);
    expect(cosines('cube')).toEqual([-1, -0.333333333333, 0.333333333333, 1]);
    expect(cosines('icosahedron')).toEqual([-1, -0.4472135955, 0.4472135955, 1]);
  });

  it('gives the Thomson antiprism the least energy, 19.675287861 for 8 charges, and capacities of 0.3744', () => {
    const z = antiprismHeight('thomson');
    expect(energy(z)).toBeCloseTo(19.675287861, 9);
    // Near the minimum the energy is even up to third order, so both sides agree.
    expect(energy(z + 1e-4)).toBeGreaterThan(energy(z));
    expect(Math.abs(energy(z + 1e-4) - energy(z - 1e-4))).toBeLessThan(1e-9);
    const { capacity } = measureCapacity(polytope('thomson square antiprism'));
    capacity.forEach((c) => expect(c).toBeCloseTo(0.3744, 4));
    expect(antiprismHeight('tight')).toBeCloseTo(1 / Math.sqrt(3), 15);
  });

  it.each(['2-gon', '0-simplex', 'blob', '5-gons', '-1-gon'] as PolytopeName[])(
    'rejects %s',
    (name) => {
      expect(() => polytope(name)).toThrow(`got '${name}'`);
    },
  );
});

describe('tegum', () => {
  it('puts parts in orthogonal spaces and keeps their capacities', () => {
    const parts = [gaussianEmbedding(3, 5, 1), polytope('pentagon'), gaussianEmbedding(2, 2, 2)];
    const product = tegum(...parts);
    expect([product.dims, product.features]).toEqual([7, 12]);
    const whole = measureCapacity(product).capacity;
    const apart = parts.flatMap((part) => Array.from(measureCapacity(part).capacity));
    apart.forEach((c, i) => expect(whole[i]).toBeCloseTo(c, 12));
  });

  it('rejects an empty product', () => {
    expect(() => tegum()).toThrow('at least one part');
    expect(tegum(polytope('triangle'))).toEqual(polytope('triangle'));
  });
});
