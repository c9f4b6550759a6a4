import { describe, expect, it } from 'vitest';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { gram } from '../src/embedding/gram.ts';
import { assignVertices } from '../src/geometry/shapes/assign-vertices.ts';
import { polygonOrders } from '../src/geometry/shapes/polygon-order.ts';
import { polytope } from '../src/geometry/shapes/polytope.ts';
import { regularShapes } from '../src/geometry/shapes/regular-shapes.ts';
import { stretchedPolygons } from '../src/geometry/shapes/stretched-polygon.ts';
import { blockOf } from './shape-cases.ts';

describe('features with free signs', () => {
  /** A shape with some vectors reversed. */
  const reversed = (w: Embedding, which: readonly number[]): Embedding =>
    embedding(
      w.dims,
      w.features,
      w.data.map((x, at) => (which.includes(Math.floor(at / w.dims)) ? -x : x)),
    );
  /** Reversed features, and the expected flips: the fewest, of halves those without the first feature. */
  const cases: [number[], number[]][] = [
    [[], []],
    [[2], [2]],
    [[0], [0]],
    [
      [0, 1],
      [2, 3],
    ],
    [
      [1, 3],
      [1, 3],
    ],
    [[0, 2, 3], [1]],
  ];

  it.each(cases)('of a tetrahedron with %j reversed flip %j', (which, flipped) => {
    const w = reversed(polytope('tetrahedron'), which);
    const [found] = regularShapes(blockOf(w, { noise: 1e-3, signs: 'free' }));
    expect([found.name, [...found.flipped].toSorted((i, j) => i - j)]).toEqual([
      'tetrahedron',
      flipped,
    ]);
    expect(regularShapes(blockOf(w, { noise: 1e-3 })).length).toBe(which.length === 0 ? 1 : 0);
  });

  it('flip two of five, or the three others', () => {
    for (const which of [
      [1, 4],
      [0, 2, 3],
    ]) {
      const w = reversed(polytope('4-simplex'), which);
      const found = regularShapes(blockOf(w, { noise: 1e-3, signs: 'free' }));
      expect(found.map(({ flipped }) => [...flipped])).toEqual([[1, 4]]);
    }
  });

  it('are assigned to vertices with their signs', () => {
    for (const [name, which, count] of [
      ['antipodal pair', [1], 1],
      ['cube', [0, 3], 0],
      ['tight square antiprism', [1, 2, 5], 3],
      ['tight square antiprism', [0, 3, 4, 6, 7], 3],
    ] as const) {
      const shape = polytope(name);
      const block = blockOf(reversed(shape, which), { noise: 1e-3, signs: 'free' });
      const found = assignVertices(block, gram(shape));
      if (found === null) throw new Error(`no ${name}`);
      expect(found.cost).toBeLessThan(1e-20);
      // A cube is symmetric about its centre, so that reversed vertices may keep their signs.
      if (count > 0) expect(found.flipped.size).toBe(count);
      expect(assignVertices({ ...block, freeSigns: false }, gram(shape))).toBeNull();
    }
  });

  it('of a tight triangle change neither its ratio of lengths nor its evidence', () => {
    const angles = [0, 2, 4.2];
    // Vectors of angle a and squared length l have the sum of l exp(2 i a) zero: l is proportional to |sin 2(b - c)|.
    const lengths = angles.map((_, i) =>
      Math.sqrt(Math.abs(Math.sin(2 * (angles[(i + 1) % 3] - angles[(i + 2) % 3])))),
    );
    const w = embeddingFromVectors(
      angles.map((a, i) => [lengths[i] * Math.cos(a), lengths[i] * Math.sin(a)]),
    );
    const ratio = Math.max(...lengths) / Math.min(...lengths);
    const tight = [[], [0], [1], [2], [0, 1]].map((which) =>
      stretchedPolygons(blockOf(reversed(w, which), { noise: 0.01, signs: 'free' })).find(
        ({ stretchKind }) => stretchKind === 'tight',
      ),
    );
    for (const found of tight) {
      expect(found?.stretchRatio).toBeCloseTo(ratio, 9);
      expect(found?.logEvidence).toBeCloseTo(tight[0]?.logEvidence ?? NaN, 9);
    }
  });
});

describe('the order of an even polygon with free signs', () => {
  /** Unit vectors at angles in degrees. */
  const at = (...angles: number[]): Float64Array =>
    Float64Array.from(
      angles.flatMap((a) => [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)]),
    );
  const orders = (...angles: number[]): [readonly number[], number[]][] =>
    polygonOrders(at(...angles), angles.length, true).map(({ order, flipped }) => [
      order,
      [...flipped].toSorted((i, j) => i - j),
    ]);

  it('groups neighbouring lines in pairs, from the first line or from the second', () => {
    // Opposite vertices are 0 and 2, 1 and 3. Pairs 10 and 20, 90 and 95: the second of each is flipped. Or pairs 20 and 90,
    // 95 and 10: the last is opposite already, so that flipping feature 1 is enough.
    expect(orders(10, 20, 90, 95)).toEqual([
      [
        [0, 2, 1, 3],
        [1, 3],
      ],
      [[3, 1, 0, 2], [1]],
    ]);
    // The same lines with all signs flipped.
    expect(orders(190, 200, 270, 275)).toEqual([
      [
        [0, 2, 1, 3],
        [0, 2],
      ],
      [[3, 1, 0, 2], [1]],
    ]);
  });
});

it('an odd polygon has one order', () => {
  for (const n of [3, 5, 7])
    for (const isFree of [false, true])
      expect(polygonOrders(polytope(`${n}-gon`).data as Float64Array, n, isFree)).toHaveLength(1);
  expect(polygonOrders(polytope('hexagon').data as Float64Array, 6, false)).toHaveLength(1);
});
