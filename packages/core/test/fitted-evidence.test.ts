import { describe, expect, it } from 'vitest';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { gram } from '../src/embedding/gram.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { antiprism, antiprismHeight, triangularPrism } from '../src/geometry/shapes/antiprism.ts';
import { subBlock, type BlockVectors } from '../src/geometry/shapes/block.ts';
import type { Candidate } from '../src/geometry/shapes/candidate.ts';
import { directionEvidence } from '../src/geometry/shapes/evidence.ts';
import { fitDirections } from '../src/geometry/shapes/fit-directions.ts';
import { nameAntiprism, nameTriangularPrism } from '../src/geometry/shapes/fitted-height.ts';
import { nameShape } from '../src/geometry/shapes/name-shape.ts';
import { chiSquareBound } from '../src/geometry/shapes/noise.ts';
import { polytope } from '../src/geometry/shapes/polytope.ts';
import { regularShapes } from '../src/geometry/shapes/regular-shapes.ts';
import { stretchedPolygons } from '../src/geometry/shapes/stretched-polygon.ts';
import { sum } from './fixtures.ts';
import { blockOf, disguised, randomTightFrame } from './shape-cases.ts';

const SIGNS = ['fixed', 'free'] as const;

/** Number of permutations of the vertices, with signs if they are free, that keep the Gram matrix. */
function symmetries(shape: Embedding, signs: readonly number[]): number {
  const n = shape.features;
  const g = gram(shape);
  const extend = (order: readonly number[], sign: readonly number[]): number => {
    const k = order.length;
    if (k === n) return 1;
    let count = 0;
    for (let to = 0; to < n; to++) {
      if (order.includes(to)) continue;
      for (const s of signs) {
        const keeps = order.every(
          (from, j) => Math.abs(s * sign[j] * g[to * n + from] - g[k * n + j]) < 1e-9,
        );
        if (keeps) count += extend([...order, to], [...sign, s]);
      }
    }
    return count;
  };
  return extend([], []);
}

/** ln of the number of ways to assign features to vertices that differ by more than a symmetry. */
function logAssignments(shape: Embedding, isFree: boolean): number {
  let log = -Math.log(symmetries(shape, isFree ? [1, -1] : [1]));
  for (let k = 1; k <= shape.features; k++) log += Math.log(isFree ? 2 * k : k);
  return log;
}

/** The image of planar vectors under diag(1.3, 0.7). */
function squeezed({ dims, features, data }: Embedding): Embedding {
  return embedding(
    dims,
    features,
    data.map((x, at) => (at % 2 === 0 ? 1.3 * x : 0.7 * x)),
  );
}

describe('the evidence of a polygon on an ellipse', () => {
  it.each([3, 4, 5, 6])('is the normal density of %i vectors with a random linear map', (n) => {
    const p = polytope(`${n}-gon`);
    for (const signs of SIGNS) {
      const [a, b, c] = [1.2, 0.3, 0.7];
      const image = p.data.map((_, at) =>
        at % 2 === 0 ? a * p.data[at] + b * p.data[at + 1] : c * p.data[at],
      );
      const { w } = disguised(embedding(2, n, image), n, { noise: 0.01 });
      const block = blockOf(w, { noise: 0.01, signs });
      const found = stretchedPolygons(block).find(({ stretchKind }) => stretchKind === 'ellipse');
      if (found === undefined) throw new Error('no ellipse');
      const { data } = subBlock(block, found.order, found.flipped).w;
      // Each coordinate of the n vectors is normal. Its variance is n / 4 + sigma^2 in the two directions of P (an entry of
      // the map has variance 1/2, and P P^T = n / 2), sigma^2 in the others.
      const noise = block.sigma ** 2;
      let expected = -logAssignments(p, signs === 'free');
      for (let r = 0; r < 2; r++) {
        let all = 0;
        const along = [0, 0];
        for (let k = 0; k < n; k++) {
          all += data[2 * k + r] ** 2;
          for (let s = 0; s < 2; s++)
            along[s] += (data[2 * k + r] * p.data[2 * k + s]) / Math.sqrt(n / 2);
        }
        const inside = along[0] ** 2 + along[1] ** 2;
        expected -= inside / (2 * (n / 4 + noise)) + (all - inside) / (2 * noise);
        expected -= (n / 2) * Math.log(2 * Math.PI) + Math.log(n / 4 + noise);
        expected -= (n / 2 - 1) * Math.log(noise);
      }
      // Lengths uniform up to 2 and uniform angles have the density 1 / (4 pi |w|).
      for (const length of block.lengths) expected += Math.log(4 * Math.PI * length);
      // sigma^2 is left out beside n / 4: errors of a few sigma^2 = 1e-4.
      expect(found.logEvidence).toBeCloseTo(expected, 2);
    }
  });
});

describe('the evidence of a tight triangle', () => {
  /** Tight frames of three vectors with obtuse angles only. */
  const frames = Array.from({ length: 60 }, (_, seed) => randomTightFrame(2, 3, seed)).filter(
    (w) => {
      const g = gram(w);
      return g[1] < -0.02 && g[2] < -0.02 && g[5] < -0.02;
    },
  );
  const tight = (block: BlockVectors): Candidate | undefined =>
    stretchedPolygons(block).find(({ stretchKind }) => stretchKind === 'tight');

  it('is the integral over all rotations and reflections of the triangle with these lengths', () => {
    expect(frames.length).toBeGreaterThan(4);
    for (const signs of SIGNS) {
      for (const w of frames.slice(0, 5)) {
        const block = blockOf(w, { noise: 0.02, signs });
        const { sigma, lengths } = block;
        // l_i^2 exp(2 i angle_i) sum to zero, so twice the angles are those of a triangle with sides l_i^2.
        const [a, b, c] = lengths.map((x) => x * x);
        const between = (x: number, y: number, opposite: number): number =>
          (3 * Math.PI - Math.acos((x * x + y * y - opposite * opposite) / (2 * x * y))) / 2;
        const angles = [0, between(a, b, c), between(a, b, c) + between(b, c, a)];
        let integral = 0;
        const steps = 2000;
        for (let step = 0; step < 2 * steps; step++) {
          const mirror = step < steps ? 1 : -1;
          // The length of a vector is free and the deviation across it is noise; a random direction has density 1 / (2 pi |w|).
          let log = -Math.log(2 * steps);
          for (let k = 0; k < 3; k++) {
            const turn = (2 * Math.PI * step) / steps + mirror * angles[k];
            const [x, y] = [block.w.data[2 * k], block.w.data[2 * k + 1]];
            const across = x * Math.sin(turn) - y * Math.cos(turn);
            if (x * Math.cos(turn) + y * Math.sin(turn) < 0) log = -Infinity;
            log -= across ** 2 / (2 * sigma ** 2) + Math.log(Math.sqrt(2 * Math.PI) * sigma);
            log += Math.log(2 * Math.PI * lengths[k]);
          }
          integral += Math.exp(log);
        }
        // With free signs, the obtuse triangle is one of four choices of signs.
        const expected = Math.log(integral) - (signs === 'free' ? Math.log(4) : 0);
        const found = tight(block);
        expect(found?.logEvidence).toBeCloseTo(expected, 2);
        expect(found?.stretchRatio).toBeCloseTo(Math.max(...lengths) / Math.min(...lengths), 9);
      }
    }
  });

  it('falls with the squared distance from the nearest tight frame, up to the bound of the noise', () => {
    const [w] = frames;
    const sigma = 0.001;
    const at = (chiSquare: number): Candidate | undefined => {
      // The rows of a random tight frame have norm 1: the distance of diag(1 + e, 1 - e) W from W is sqrt(2) e.
      const e = sigma * Math.sqrt(chiSquare / 2);
      const data = w.data.map((x, j) => x * (j % 2 === 0 ? 1 + e : 1 - e));
      return tight(blockOf({ ...w, data }, { sigma }));
    };
    const exact = at(0)?.logEvidence ?? NaN;
    for (const chiSquare of [2, 8, 18]) {
      // Lengths and inertia change by e < 0.3 %.
      expect(exact - (at(chiSquare)?.logEvidence ?? NaN)).toBeCloseTo(chiSquare / 2, 1);
    }
    // Chi-square of two degrees of freedom exceeds 2 ln 10^4 = 18.4 with a probability of 1e-4, and 20 with one of 4.5e-5.
    expect(at(18.3)).toBeDefined();
    expect(at(20)).toBeUndefined();
  });
});

describe('the evidence of a shape with a fitted height', () => {
  /** The heights that count. */
  const [lowest, highest] = [0.4, 0.75];

  it.each([
    ['square antiprism', antiprism, nameAntiprism, 0.55],
    ['triangular prism', triangularPrism, nameTriangularPrism, 0.6],
  ] as const)('is the mean over all angles of the %s', (_, directions, fit, z) => {
    for (const signs of SIGNS) {
      const { w } = disguised(directions(z), 3, { noise: 0.02 });
      const block = blockOf(w, { noise: 0.02, signs });
      const found = fit(block);
      if (found === null) throw new Error('no fit');
      const sorted = subBlock(block, found.order, found.flipped).w;
      const assignments = logAssignments(directions(z), signs === 'free');
      const [low, high] = [Math.asin(lowest), Math.asin(highest)];
      let mean = 0;
      const steps = 1000;
      for (let step = 0; step < steps; step++) {
        const angle = low + ((step + 0.5) / steps) * (high - low);
        const at = fitDirections(sorted, directions(Math.sin(angle)));
        if (at === null) throw new Error('no fit');
        mean += Math.exp(directionEvidence(at, block.sigma, assignments)) / steps;
      }
      // Laplace's method takes ln B for a parabola; its curvature changes by a few sigma^2 = 1e-4.
      expect(found.logEvidence).toBeCloseTo(Math.log(mean), 1);
    }
  });

  it('gives a name to heights from 0.4 to 0.75 only', () => {
    // The heights at which vertices are assigned, between them, and next to the limits.
    const tried = [0.44, 0.5, 0.56, 0.62, 0.68, 0.74];
    for (const z of [0.39, 0.41, ...tried.flatMap((x) => [x, x - 0.03]), 0.76]) {
      const isNamed = z > lowest && z < highest;
      expect(nameAntiprism(blockOf(antiprism(z), { noise: 1e-4 })) !== null).toBe(isNamed);
      expect(nameTriangularPrism(blockOf(triangularPrism(z), { noise: 1e-4 })) !== null).toBe(
        isNamed,
      );
    }
  });

  it('names the tight antiprism if it is 19 times as likely as that of Thomson', () => {
    // Raising the eight vertices by an angle leaves a residual of 8 sin^2; the ratio of likelihoods is exp(residual / 2 sigma^2).
    const turn = Math.asin(antiprismHeight('tight')) - Math.asin(antiprismHeight('thomson'));
    const decisive = Math.sqrt((8 * Math.sin(turn) ** 2) / (2 * Math.log(19)));
    const name = (sigma: number): string =>
      nameShape(polytope('tight square antiprism'), undefined, { sigma }).name;
    expect(name(0.99 * decisive)).toBe('tight square antiprism');
    expect(name(1.01 * decisive)).toBe('square antiprism');
  });
});

describe('a fitted height', () => {
  it.each([
    ['triangular prism', triangularPrism, nameTriangularPrism, 0.6],
    ['square antiprism', antiprism, nameAntiprism, 0.47],
  ] as const)('of a %s has the least residual, inside and outside its space', (_, make, fit, z) => {
    for (let seed = 0; seed < 3; seed++) {
      const { w } = disguised(make(z), seed, { spare: 3, noise: 0.06, spread: 1.2 });
      const block = blockOf(w, { noise: 0.06 });
      const found = fit(block);
      if (found?.height == null) throw new Error('no height');
      const ordered = subBlock(block, found.order, found.flipped).w;
      const left = (height: number): number => {
        const best = fitDirections(ordered, make(height));
        return best === null ? Infinity : best.inside + best.outside;
      };
      const grid = Array.from({ length: 36 }, (__, k) => 0.4 + 0.01 * k);
      const best = grid.reduce((a, b) => (left(b) < left(a) ? b : a));
      const { value, standardError } = found.height;
      expect(Math.abs(value - best)).toBeLessThan(0.01);
      // The vertex of a parabola through three heights; its third order shifts it by about 1e-4^2.
      const h = 1e-4;
      const [below, at, above] = [-h, 0, h].map((by) => left(value + by));
      const offset = ((h / 2) * (below - above)) / (below + above - 2 * at);
      expect(Math.abs(offset)).toBeLessThan(1e-6);
      // All vectors rise by the angle asin z, which has the error of a mean weighted by squared lengths.
      const cosine = Math.sqrt(1 - value ** 2);
      const error = (block.sigma * cosine) / Math.hypot(...found.fit.lengths);
      expect(standardError / error).toBeCloseTo(1, 12);
    }
  });
});

it('an antiprism has a special height only if noise explains the difference from it', () => {
  const noise = 0.01;
  const tight = antiprismHeight('tight');
  const named = { yes: 0, no: 0 };
  for (const deviations of [1, 3, 4.5, 6])
    for (let seed = 0; seed < 2; seed++) {
      // The height lies this number of standard errors above the tight one, away from that of Thomson.
      const angle = Math.asin(tight) + (deviations * noise) / Math.sqrt(8) / Math.sqrt(6);
      const { w } = disguised(antiprism(Math.sin(angle)), seed, { spare: 3, noise });
      const block = blockOf(w, { noise });
      const found = nameAntiprism(block);
      if (found === null) throw new Error('no antiprism');
      const fit = fitDirections(subBlock(block, found.order, found.flipped).w, antiprism(tight));
      if (fit === null) throw new Error('no fit');
      const excess = (fit.inside + fit.outside - found.left) / block.sigma ** 2;
      const isExplained = excess <= chiSquareBound(1);
      expect(found.name).toBe(`${isExplained ? 'tight ' : ''}square antiprism`);
      named[isExplained ? 'yes' : 'no']++;
    }
  expect(Math.min(named.yes, named.no)).toBeGreaterThan(1);
});

describe('a simplex', () => {
  it('is not fitted where a cosine is off by more than seven standard deviations', () => {
    const n = 10;
    const shape = polytope('9-simplex');
    const sigma = 0.002;
    const outcome = (turn: number): { deviations: number; isFound: boolean } => {
      // The first vector moves towards the second, which changes their cosine most.
      const data = shape.data.slice();
      for (let d = 0; d < 9; d++) data[d] += turn * data[9 + d];
      const norm = Math.hypot(...data.subarray(0, 9));
      for (let d = 0; d < 9; d++) data[d] /= norm;
      const block = blockOf(embedding(9, n, data), { sigma });
      const variance = 2 * sigma ** 2;
      const sine = Math.sqrt(1 - 1 / 81);
      // To first order; the second is the variance times the bound of chi-square with nine degrees of freedom.
      const second = variance * chiSquareBound(9);
      const deviations = Math.max(
        ...Array.from(block.cosines, (x, at) =>
          at % (n + 1) === 0 ? 0 : (Math.abs(x + 1 / 9) - second) / (sine * Math.sqrt(variance)),
        ),
      );
      return { deviations, isFound: regularShapes(block).length > 0 };
    };
    let [low, high] = [0, 0.1];
    while (high - low > 1e-9) {
      const middle = (low + high) / 2;
      if (outcome(middle).isFound) low = middle;
      else high = middle;
    }
    // Lengths are in units of their mean, 1.
    expect(outcome(low).deviations).toBeCloseTo(7, 4);
  });
});

describe('the evidence of a regular shape', () => {
  it.each([
    'single',
    'antipodal pair',
    'triangle',
    'pentagon',
    'hexagon',
    'tetrahedron',
    '4-simplex',
    'cube',
    'icosahedron',
  ] as const)('counts the ways to assign features to the vertices of the %s', (name) => {
    for (const signs of SIGNS) {
      const { w } = disguised(polytope(name), 2, { noise: 0.01 });
      const block = blockOf(w, { noise: 0.01, signs });
      const found = regularShapes(block).find((one) => one.name === name);
      if (found === undefined) throw new Error(`no ${name}`);
      const assignments = logAssignments(polytope(name), signs === 'free');
      const expected = directionEvidence(found.fit, block.sigma, assignments);
      expect(found.logEvidence).toBeCloseTo(expected, 9);
    }
  });
});

describe('the bound on the residual of a shape', () => {
  it.each([
    ['tetrahedron', 3],
    ['pentagon', 2],
    ['4-simplex', 4],
    ['cube', 3],
    ['icosahedron', 3],
  ] as const)('is that of chi-square in and outside the space of the %s', (name, d) => {
    const spare = 3;
    const { w } = disguised(polytope(name), 1, { noise: 0.02, spare });
    const block = blockOf(w, { noise: 0.02 });
    const n = w.features;
    const found = regularShapes(block).find((one) => one.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    // N (d - 1) directions less those of the rotation; outside, N vectors less the choice of their space.
    const inside = n * (d - 1) - (d * (d - 1)) / 2;
    const outside = (n - d) * spare;
    const bound = block.sigma ** 2 * (chiSquareBound(inside) + chiSquareBound(outside));
    expect(found.bound / bound).toBeCloseTo(1, 12);
    expect(found.left).toBeCloseTo(found.fit.inside + found.fit.outside, 14);
    expect(found.left).toBeLessThan(bound);
  });

  it('is that of the numbers that a linear map or a tight triangle leaves, and of those outside its plane', () => {
    const obtuse = embeddingFromVectors([
      [Math.SQRT2, 0],
      [-Math.SQRT1_2, Math.sqrt(1.5)],
      [-Math.SQRT1_2, -Math.sqrt(1.5)],
    ]);
    for (const [flat, kind, inside] of [
      // A map has four entries.
      [squeezed(polytope('pentagon')), 'ellipse', 10 - 4],
      [squeezed(polytope('hexagon')), 'ellipse', 12 - 4],
      [obtuse, 'tight', 2],
    ] as const)
      for (const spare of [0, 1, 3]) {
        const { w } = disguised(flat, 4, { noise: 0.02, spare });
        const block = blockOf(w, { noise: 0.02 });
        const found = stretchedPolygons(block).find(({ stretchKind }) => stretchKind === kind);
        if (found === undefined) throw new Error(`no ${kind}`);
        const outside = (flat.features - 2) * spare;
        const bound = block.sigma ** 2 * (chiSquareBound(inside) + chiSquareBound(outside));
        expect(found.bound / bound).toBeCloseTo(1, 12);
        const { values } = leftSingular(block.w);
        const left = sum(values.slice(2).map((x) => x * x));
        expect(found.left).toBeGreaterThan(left);
        expect(found.left).toBeLessThan(bound);
        if (spare === 0) continue;
        // The residual outside is about that of the best plane.
        expect(found.fit.outside / left).toBeGreaterThan(1 - 1e-9);
        expect(found.fit.outside / left).toBeLessThan(1.1);
      }
  });

  it('has one degree of freedom less where a height is fitted', () => {
    const { w } = disguised(triangularPrism(0.6), 1, { noise: 0.02, spare: 1 });
    const block = blockOf(w, { noise: 0.02 });
    const bound = block.sigma ** 2 * (chiSquareBound(6 * 2 - 3 - 1) + chiSquareBound(3));
    expect((nameTriangularPrism(block)?.bound ?? NaN) / bound).toBeCloseTo(1, 12);
  });
});
