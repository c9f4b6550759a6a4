import { describe, expect, it } from 'vitest';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { gram } from '../src/embedding/gram.ts';
import { assignVertices } from '../src/geometry/shapes/assign-vertices.ts';
import { cosineBound, takeBlock, type BlockVectors } from '../src/geometry/shapes/block.ts';
import { evidenceAlone } from '../src/geometry/shapes/candidate.ts';
import { posterior } from '../src/geometry/shapes/evidence.ts';
import { nameShape } from '../src/geometry/shapes/name-shape.ts';
import { chiSquareBound } from '../src/geometry/shapes/noise.ts';
import { polytope } from '../src/geometry/shapes/polytope.ts';
import { planeCoordinates, regularShapes } from '../src/geometry/shapes/regular-shapes.ts';
import { stretchedPolygons } from '../src/geometry/shapes/stretched-polygon.ts';
import { orthogonalParts } from '../src/geometry/shapes/tegum-factors.ts';
import { blockOf, disguised } from './shape-cases.ts';

/** Coordinate axes of `dims` dimensions, with signs: axis |k| - 1, positive or negative. */
function onAxes(dims: number, signed: readonly number[]): Embedding {
  return embeddingFromVectors(
    signed.map((k) =>
      Array.from({ length: dims }, (_, d) => (d === Math.abs(k) - 1 ? Math.sign(k) : 0)),
    ),
  );
}

it('a feature without an antipode is never tried at a vertex that has one', () => {
  // Nearly all features are orthogonal, so that a wrong first feature leaves some 10! orders, more than are searched.
  const firsts = [1, 2, 3, 4, 5, 6, 7, 8];
  const antipodes = firsts.map((k) => -k);
  const vertices = onAxes(10, [...firsts, ...antipodes, 9, 10]);
  for (const signs of ['fixed', 'free'] as const) {
    const block = blockOf(onAxes(10, [9, 10, ...firsts, ...antipodes]), { noise: 1e-3, signs });
    const found = assignVertices(block, gram(vertices));
    expect(found?.cost).toBe(0);
    expect(found?.order.slice(16)).toEqual([0, 1]);
  }
});

it('vertices are assigned if no cosine is off by more than five standard deviations', () => {
  const sigma = 1e-4;
  const shape = polytope('antipodal pair');
  const corner = embeddingFromVectors([
    [1, 0],
    [0, 1],
  ]);
  for (const [deviations, isFound] of [
    [4.9, true],
    [5.1, false],
  ] as const) {
    const turn = deviations * sigma * Math.SQRT2;
    const w = embeddingFromVectors([
      [1, 0],
      [Math.sin(turn), Math.cos(turn)],
    ]);
    expect(assignVertices(blockOf(w, { sigma }), gram(corner)) !== null).toBe(isFound);
    expect(assignVertices(blockOf(w, { sigma }), gram(shape))).toBeNull();
  }
});

it('exact shapes may leave the rounding of their vectors, inside and outside their space', () => {
  // Noise of at least 1e-8, and 1e-24 for each vector.
  const bound = (n: number, inside: number, outside: number): number =>
    1e-16 * (chiSquareBound(inside) + chiSquareBound(outside)) + 2 * n * 1e-24;
  const flat = embeddingFromVectors([
    [2, 0],
    [-1, 1],
    [-1, -1],
  ]);
  const ofStretched = (w: Embedding): number[] =>
    stretchedPolygons(blockOf(w, { noise: 0 })).map((found) => found.bound);
  const pentagon = disguised(polytope('pentagon'), 1, { spare: 1 }).w;
  const [regular] = regularShapes(blockOf(pentagon, { noise: 0 }));
  expect(regular.bound / bound(5, 5 - 1, 3)).toBeCloseTo(1, 12);
  const squeezed = embedding(
    2,
    5,
    polytope('pentagon').data.map((x, at) => x * (1 + (at % 2))),
  );
  const [ellipse] = ofStretched(disguised(squeezed, 1, { spare: 1 }).w);
  expect(ellipse / bound(5, 10 - 4, 3)).toBeCloseTo(1, 12);
  const tight = embedding(
    2,
    3,
    flat.data.map((x, at) => x / Math.sqrt(at % 2 === 0 ? 6 : 2)),
  );
  const bounds = ofStretched(disguised(tight, 1, { spare: 1 }).w);
  // Three vectors are an ellipse as well.
  expect(bounds).toHaveLength(2);
  expect(bounds[0] / bound(3, 6 - 4, 1)).toBeCloseTo(1, 12);
  expect(bounds[1] / bound(3, 2, 1)).toBeCloseTo(1, 12);
});

describe('orthogonal parts', () => {
  it('list their features in ascending order, however they are linked', () => {
    const w = embeddingFromVectors([
      [1, 0, 0],
      [0, 1, 0],
      [Math.SQRT1_2, Math.SQRT1_2, 0],
      [0, 0, 1],
    ]);
    expect(orthogonalParts(blockOf(w, { noise: 1e-3 }))).toEqual([[[0, 1, 2], [3]]]);
  });

  it('are divided where cosines are at most 3.5, 4.5 and 5.5 times their standard deviation', () => {
    const sigma = 1e-5;
    /** Vectors of which each next pair has a cosine of so many standard deviations. */
    const chain = (...deviations: number[]): number[][][] => {
      const n = deviations.length + 1;
      const w = embedding(n, n);
      for (let i = 0; i < n; i++) {
        w.data[i * n + i] = 1;
        if (i > 0) w.data[i * n + i - 1] = deviations[i - 1] * sigma * Math.SQRT2;
      }
      return orthogonalParts(blockOf(w, { sigma }));
    };
    expect(chain(3.51, 6)).toEqual([[[0], [1, 2]]]);
    expect(chain(4, 5, 6)).toEqual([
      [[0], [1, 2, 3]],
      [[0], [1], [2, 3]],
    ]);
    expect(chain(3.49, 4.51, 5.51)).toEqual([
      [[0], [1, 2, 3]],
      [[0], [1], [2, 3]],
    ]);
    expect(chain(3.51, 4.49, 5.49)).toEqual([
      [[0], [1], [2, 3]],
      [[0], [1], [2], [3]],
    ]);
    expect(chain(5.51, 6)).toEqual([]);
  });
});

it('the posterior probability of an alternative is its share of all evidence', () => {
  // Odds of 2, 3 and 5 against the null hypothesis: 2 of 1 + 2 + 3 + 5.
  expect(posterior(Math.log(2), [Math.log(3), Math.log(5)])).toBeCloseTo(2 / 11, 12);
  expect(posterior(Math.log(2), [])).toBeCloseTo(2 / 3, 12);
  expect(posterior(800, [-800, 799])).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
});

it('the evidence of an antipodal pair is that of the angle between its vectors', () => {
  const sigma = 0.001;
  const [long, short] = [1.2, 0.8];
  // The angle has the noise of both vectors in each of D - 1 directions; without a pair it is uniform on the sphere.
  const deviation = sigma * Math.hypot(1 / long, 1 / short);
  const spheres = { 2: 2 * Math.PI, 3: 4 * Math.PI, 4: 2 * Math.PI ** 2 };
  for (const [dims, sphere] of Object.entries(spheres))
    for (const signs of ['fixed', 'free'] as const)
      for (const turn of [0, 2]) {
        const d = Number(dims);
        const w = embedding(d, 2);
        w.data[0] = long;
        w.data[d] = -short * Math.cos(turn * deviation);
        w.data[d + 1] = short * Math.sin(turn * deviation);
        const block = blockOf(w, { sigma, signs });
        const [pair] = regularShapes(block);
        const density = -((d - 1) / 2) * Math.log(2 * Math.PI * deviation ** 2) - turn ** 2 / 2;
        const labellings = signs === 'free' ? Math.LN2 : 0;
        expect(evidenceAlone(block, pair)).toBeCloseTo(Math.log(sphere) + density - labellings, 4);
      }
  const line = blockOf(embedding(1, 2, Float64Array.of(1, -1)), {});
  expect(evidenceAlone(line, regularShapes(line)[0])).toBe(Infinity);
  const one = blockOf(embeddingFromVectors([[1, 2]]), {});
  expect(evidenceAlone(one, regularShapes(one)[0])).toBe(Infinity);
});

it('features that are no longer than the noise have no shape', () => {
  expect(nameShape(embedding(2, 3))).toEqual({
    name: 'none',
    recognised: false,
    features: [],
    ignored: [0, 1, 2],
    dims: 0,
    factors: [],
    confidence: 1,
    error: NaN,
    tolerance: NaN,
    unequalLengths: false,
    stretch: null,
    height: null,
    flipped: [],
  });
});

describe('a block', () => {
  it('leaves out features no longer than the noise of all dimensions', () => {
    const sigma = 0.01;
    const least = sigma * Math.sqrt(chiSquareBound(3));
    const w = embeddingFromVectors([0.9, 1, 1.01 * least, 0.99 * least].map((x) => [0, x, 0]));
    const { block, ignored } = takeBlock(w, [0, 1, 2, 3], { sigma });
    expect(block?.numbers).toEqual([0, 1, 2]);
    expect(ignored).toEqual([3]);
  });

  it('has cosines for up to 2048 features', () => {
    const line = (n: number): BlockVectors =>
      blockOf(embedding(1, n, new Float64Array(n).fill(1)), {});
    expect(line(2048).cosines).toHaveLength(2048 ** 2);
    expect(line(2049).cosines).toHaveLength(0);
  });

  it('allows cosines to differ by their deviations, more for short vectors and less near 1 and -1', () => {
    const w = embeddingFromVectors([
      [1.5, 0, 0],
      [0, 0.5, 0],
    ]);
    const sigma = 0.01;
    const block = blockOf(w, { sigma });
    // Rotating a unit vector by noise changes a cosine by the sine of the angle.
    const variance = sigma ** 2 * (1 / 1.5 ** 2 + 1 / 0.5 ** 2);
    for (const [cosine, sine] of [
      [-1, 0],
      [-0.6, 0.8],
      [0, 1],
      [0.28, 0.96],
      [1, 0],
    ])
      for (const deviations of [0, 5]) {
        const first = deviations * sine * Math.sqrt(variance);
        expect(cosineBound(block, 0, 1, cosine, deviations)).toBeCloseTo(
          first + variance * chiSquareBound(3),
          12,
        );
      }
  });
});

describe('coordinates in a plane', () => {
  it('are those of planar vectors of any lengths, in any space', () => {
    for (const vectors of [
      [
        [9, 0],
        [0.5, 1],
        [-1, 0.2],
        [0.3, -0.9],
        [0.1, 1],
      ],
      [
        [3, 0],
        [0, 1],
      ],
      [
        [1, 2],
        [-2, 1],
        [0.5, 0.5],
        [7, 1],
      ],
    ]) {
      const flat = embeddingFromVectors(vectors);
      const block = blockOf(disguised(flat, 1, { spare: 2 }).w, { noise: 1e-6 });
      const x = planeCoordinates(block);
      if (x === null) throw new Error('not a plane');
      const found = gram(embedding(2, flat.features, x));
      gram(block.w).forEach((value, at) => expect(found[at]).toBeCloseTo(value, 9));
      // In principal axes.
      let across = 0;
      for (let i = 0; i < flat.features; i++) across += x[2 * i] * x[2 * i + 1];
      expect(across).toBeCloseTo(0, 9);
    }
  });

  it('are those of vectors that leave it by no more than the noise', () => {
    const flat = [
      [6, 0],
      [-2, 1],
      [-4, 1],
      [0, -2],
    ];
    const isPlane = (heights: readonly number[], sigma: number): boolean =>
      planeCoordinates(
        blockOf(
          embeddingFromVectors(
            flat.map(([x, y], i) => [x, y, ...heights.map((h, d) => (i % 2 === d % 2 ? h : -h))]),
          ),
          { sigma },
        ),
      ) !== null;
    // Four vectors whose third coordinates are h and -h leave the plane by 4 h^2, where h is small.
    for (const extra of [1, 2]) {
      const sigma = 1e-4;
      const h = sigma * Math.sqrt(chiSquareBound((4 - 2) * extra) / 4 / extra);
      // The coordinates are almost orthogonal to those in the plane: projecting them out takes at most a half.
      expect(
        isPlane(
          Array.from({ length: extra }, () => 0.9 * h),
          sigma,
        ),
      ).toBe(true);
      expect(
        isPlane(
          Array.from({ length: extra }, () => 1.5 * h),
          sigma,
        ),
      ).toBe(false);
    }
  });

  it('do not exist for one vector, or parallel ones', () => {
    expect(planeCoordinates(blockOf(embeddingFromVectors([[1, 2]]), {}))).toBeNull();
    const parallel = embeddingFromVectors([
      [1, 2],
      [2, 4],
      [-1, -2],
    ]);
    expect(planeCoordinates(blockOf(parallel, { noise: 0 }))).toBeNull();
    expect(planeCoordinates(blockOf(embedding(1, 2, Float64Array.of(1, -1)), {}))).toBeNull();
  });
});
