import { embeddingFromVectors } from '../src/embedding/embedding.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generator, normal } from '@polysem/numerics/random';
import { gram } from '../src/embedding/gram.ts';
import { nameShape } from '../src/geometry/shapes/name-shape.ts';
import { polytope } from '../src/geometry/shapes/polytope.ts';
import { assignVertices } from '../src/geometry/shapes/assign-vertices.ts';
import { subBlock, type BlockVectors } from '../src/geometry/shapes/block.ts';
import { directionEvidence, logOrthogonal, logSphere } from '../src/geometry/shapes/evidence.ts';
import { fitDirections } from '../src/geometry/shapes/fit-directions.ts';
import { chiSquareBound, meanNormalLength } from '../src/geometry/shapes/noise.ts';
import { polygonOrders } from '../src/geometry/shapes/polygon-order.ts';
import { productShape } from '../src/geometry/shapes/product-shape.ts';
import { regularShapes } from '../src/geometry/shapes/regular-shapes.ts';
import { orthogonalParts } from '../src/geometry/shapes/tegum-factors.ts';
import { blockOf, disguised, meanLength } from './shape-cases.ts';

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

function signings(n: number): number[][] {
  return Array.from({ length: 2 ** n }, (_, bits) =>
    Array.from({ length: n }, (__, i) => ((bits >> i) & 1 ? -1 : 1)),
  );
}

/** Least cost over all permutations and the given signs, by enumeration. */
function bruteForce(block: BlockVectors, g: Float64Array, signs: readonly number[][]): number {
  const n = block.numbers.length;
  let best = Infinity;
  for (const order of permutations(n)) {
    for (const sign of signs) {
      let cost = 0;
      for (let v = 0; v < n; v++) {
        for (let u = 0; u < v; u++) {
          const [i, j] = [order[v], order[u]];
          const error = sign[i] * sign[j] * block.cosines[i * n + j] - g[v * n + u];
          cost += error ** 2 / (1 / block.lengths[i] ** 2 + 1 / block.lengths[j] ** 2);
        }
      }
      best = Math.min(best, cost);
    }
  }
  return best;
}

describe('assignVertices and polygonOrders', () => {
  it('finds the best of all permutations, and of all signs if they are free', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('square', 'pentagon', 'octahedron', 'triangular bipyramid', 'tetrahedron'),
        fc.nat(1000),
        fc.boolean(),
        (name, seed, isFree) => {
          const shape = polytope(name);
          const { w } = disguised(shape, seed, { noise: 0.03, spread: 1.3 });
          const block = blockOf(w, { signs: isFree ? 'free' : 'fixed' });
          const n = w.features;
          const all = isFree && n < 6 ? signings(n) : [Array.from({ length: n }, () => 1)];
          const found = assignVertices(n < 6 ? block : { ...block, freeSigns: false }, gram(shape));
          expect(found?.cost).toBeCloseTo(bruteForce(block, gram(shape), all), 12);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('returns null if a cosine is out of bounds', () => {
    expect(
      assignVertices(blockOf(polytope('cube'), {}), gram(polytope('tight square antiprism'))),
    ).toBeNull();
  });

  it('finds the best of all orders of a polygon by angle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 6 }), fc.nat(1000), fc.boolean(), (n, seed, isFree) => {
        const shape = polytope(`${n}-gon`);
        const g0 = generator(seed);
        // Half of the cases are not rotated, so that the lines through opposite vertices lie on
        // both sides of angle 0.
        const unturned = { ...shape, data: shape.data.map((x) => x + 0.03 * normal(g0)) };
        const w = seed % 2 === 0 ? disguised(shape, seed, { noise: 0.05 }).w : unturned;
        if (isFree) for (let k = 0; k < 2; k++) w.data[2 * (seed % n) + k] *= -1;
        const block = blockOf(w, { noise: 0.05 });
        const g = gram(shape);
        const orders = polygonOrders(Float64Array.from(block.w.data), n, isFree);
        const costs = orders.map(({ order, flipped }) => {
          let cost = 0;
          for (let v = 0; v < n; v++) {
            for (let u = 0; u < v; u++) {
              const [i, j] = [order[v], order[u]];
              const sign = flipped.has(i) === flipped.has(j) ? 1 : -1;
              const error = sign * block.cosines[i * n + j] - g[v * n + u];
              cost += error ** 2 / (1 / block.lengths[i] ** 2 + 1 / block.lengths[j] ** 2);
            }
          }
          return cost;
        });
        const all = isFree ? signings(n) : [Array.from({ length: n }, () => 1)];
        expect(Math.min(...costs)).toBeCloseTo(bruteForce(block, g, all), 12);
      }),
      { numRuns: 30 },
    );
  });
});

describe('directionEvidence', () => {
  it('uses the volumes of spheres and orthogonal groups', () => {
    const pi = Math.PI;
    // 2 pi^(d/2) / Gamma(d / 2).
    const odd = [2, 4 * pi, (8 / 3) * pi ** 2, (16 / 15) * pi ** 3];
    const even = [2 * pi, 2 * pi ** 2, pi ** 3, pi ** 4 / 3];
    odd.forEach((x, k) => expect(Math.exp(logSphere(2 * k + 1)) / x).toBeCloseTo(1, 12));
    even.forEach((x, k) => expect(Math.exp(logSphere(2 * k + 2)) / x).toBeCloseTo(1, 12));
    // O(d) is a bundle of O(d - 1) over the sphere in d dimensions.
    for (let d = 2; d < 9; d++)
      expect(logOrthogonal(d)).toBeCloseTo(logOrthogonal(d - 1) + logSphere(d), 12);
    // O(3) is two copies of SO(3), half a 3-sphere of radius 2: 8 pi^2.
    expect([1, 2, 3].map((d) => Math.exp(logOrthogonal(d)))).toEqual(
      [2, 4 * Math.PI, 16 * Math.PI ** 2].map((x) => expect.closeTo(x, 9)),
    );
  });

  it.each([3, 5])('equals the integral over all rotations of the plane for a %i-gon', (n) => {
    const shape = polytope(`${n}-gon`);
    const sigma = 0.03;
    for (let seed = 0; seed < 10; seed++) {
      const { w } = disguised(shape, seed, { noise: 0.03, spread: 1.3 });
      const { order } = polygonOrders(Float64Array.from(w.data), n, false)[0];
      const data = Float64Array.from(order.flatMap((i) => [w.data[2 * i], w.data[2 * i + 1]]));
      const fit = fitDirections({ ...w, data }, shape);
      if (fit === null) throw new Error('no fit');
      // The length along a ray is free and the deviation across it is noise; a random direction has
      // density 1 / (2 pi |w|).
      let integral = 0;
      const steps = 20_000;
      for (let step = 0; step < steps; step++) {
        for (const mirror of [1, -1]) {
          let log = 0;
          for (let k = 0; k < n; k++) {
            const turn = (2 * Math.PI * step) / steps + (mirror * 2 * Math.PI * k) / n;
            const across = data[2 * k] * Math.sin(turn) - data[2 * k + 1] * Math.cos(turn);
            const along = data[2 * k] * Math.cos(turn) + data[2 * k + 1] * Math.sin(turn);
            log += along > 0 ? -(across ** 2) / (2 * sigma ** 2) : -Infinity;
            log += Math.log(2 * Math.PI * Math.hypot(data[2 * k], data[2 * k + 1]));
            log -= Math.log(Math.sqrt(2 * Math.PI) * sigma);
          }
          integral += Math.exp(log) / (2 * steps);
        }
      }
      // This is one order only; the error of Laplace's method is of the order of the squared
      // angular noise.
      expect(directionEvidence(fit, sigma, 0)).toBeCloseTo(Math.log(integral), 1);
    }
  });
});

describe('the evidence of a tegum product', () => {
  it.each([
    ['octahedron', 48],
    ['triangular bipyramid', 12],
    ['pentagonal bipyramid', 20],
    ['4-cross-polytope', 384],
  ] as const)(
    'of %s, computed from its factors, equals that of the whole with its %i symmetries',
    (name, symmetries) => {
      for (let seed = 0; seed < 5; seed++) {
        const shape = polytope(name);
        const { w } = disguised(shape, seed, { noise: 0.01, spread: 1.2 });
        const block = blockOf(w, { noise: 0.01 });
        const parts = orthogonalParts(block).at(-1) ?? [];
        const factors = parts.map((part) => ({
          part,
          candidate: regularShapes(subBlock(block, part))[0],
          shape: nameShape(w, part, { noise: 0.01 }),
        }));
        const found = productShape(block, factors);
        if (found === null) throw new Error('no product');
        const labellings =
          [...Array(w.features).keys()].reduce((product, k) => product * (k + 1), 1) / symmetries;
        const whole = directionEvidence(found.fit, block.sigma, Math.log(labellings));
        expect(found.logEvidence).toBeCloseTo(whole, 1);
        expect(found).toMatchObject({ stretchKind: null, stretchRatio: 1, height: null });
      }
    },
  );
});

it('factors that are not orthogonal have no product', () => {
  for (const [tilt, isFound] of [
    [0, true],
    [0.3, false],
  ] as const) {
    const [x, z] = [Math.sin(tilt), Math.cos(tilt)];
    const w = embeddingFromVectors([
      [1, 0, 0],
      [-1, 0, 0],
      [0, 1, 0],
      [0, -1, 0],
      [x, 0, z],
      [-x, 0, -z],
    ]);
    const block = blockOf(w, { noise: 0.01 });
    const factors = [
      [0, 1],
      [2, 3],
      [4, 5],
    ].map((part) => ({
      part,
      candidate: regularShapes(subBlock(block, part))[0],
      shape: nameShape(w, part, { noise: 0.01 }),
    }));
    expect(productShape(block, factors) !== null).toBe(isFound);
  }
});

describe('the noise', () => {
  it('has the mean length given by double factorials', () => {
    for (let n = 1; n < 40; n++) expect(meanNormalLength(n)).toBeCloseTo(meanLength(n), 10);
  });

  it('exceeds the bound with a probability between 5e-5 and 1e-4', () => {
    // Closed forms of the tail: for 1 degree of freedom 15.137, the square of the two-sided normal quantile; sums of exp(-x / 2) terms for even ones.
    const tail = (k: number, x: number): number => {
      let term = Math.exp(-x / 2);
      let sum = term;
      for (let j = 1; j < k / 2; j++) sum += term *= x / 2 / j;
      return sum;
    };
    for (const k of [2, 4, 10, 40, 200]) {
      expect(tail(k, chiSquareBound(k))).toBeLessThan(1.05e-4);
      expect(tail(k, chiSquareBound(k))).toBeGreaterThan(0.5e-4);
    }
    expect(chiSquareBound(1) / 15.137).toBeGreaterThan(1);
    expect(chiSquareBound(1) / 15.137).toBeLessThan(1.08);
    expect(chiSquareBound(0)).toBe(0);
  });
});
