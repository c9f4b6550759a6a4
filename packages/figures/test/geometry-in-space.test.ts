import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hullEdges } from '../src/plot/hull-edges.ts';
import { embeddingArrowsFigure } from '../src/index.ts';
import { clearestView, seenFrom } from '../src/plot/view.ts';
import { embeddingOf } from './samples.ts';
import { elements, labels, parseXml, textOf, type Node } from './xml.ts';
import { options, withClass, number } from './geometry-parts.ts';

describe('embeddingArrowsFigure in space and by block', () => {
  const axes = embeddingOf([1, 0, 0], [0, 1, 0], [0, 0, 1]);

  it('projects to an orthonormal right-handed frame of right, up and near', () => {
    const angle = fc.double({ min: -360, max: 360, noNaN: true });
    fc.assert(
      fc.property(angle, angle, (azimuth, elevation) => {
        const see = seenFrom({ azimuth, elevation }, 1e9);
        const rows = [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ].map((point) => {
          const { right, up, near } = see(point);
          return [right, up, near];
        });
        // Perspective from 5e9 away moves a point by 2e-10 at most.
        for (const [i, a] of rows.entries()) {
          for (const [j, b] of rows.entries()) {
            const dot = a.reduce((sum, v, d) => sum + v * b[d], 0);
            expect(Math.abs(dot - Number(i === j))).toBeLessThan(1e-8);
          }
        }
        const [p, q, r] = rows;
        const turn =
          p[0] * (q[1] * r[2] - q[2] * r[1]) -
          p[1] * (q[0] * r[2] - q[2] * r[0]) +
          p[2] * (q[0] * r[1] - q[1] * r[0]);
        expect(turn).toBeCloseTo(1, 6);
      }),
    );
  });

  it('draws near arrows last and thicker, all from the centre of the sphere', () => {
    const data = { embedding: axes, capacities: [1, 1, 1], view: { azimuth: 0, elevation: 0 } };
    const root = parseXml(embeddingArrowsFigure(data, options));
    const sphere = withClass(root, 'circle', 'ps-line')[0];
    const arrows = [...elements(root, 'polygon'), ...withClass(root, 'circle', 'ps-edge')].filter(
      (node) => elements(node, 'title').length > 0,
    );
    // Seen along dimension 1: that arrow is a disc, dimension 2 points right, dimension 3 up.
    const named = Object.fromEntries(
      arrows.map((node) => [textOf(elements(node, 'title')[0]).slice(8, 9), node]),
    );
    expect(named[0].name).toBe('circle');
    const tip = (node: Node) => node.attributes.points.split(' ')[3].split(',').map(Number);
    const [cx, cy] = [number(sphere, 'cx'), number(sphere, 'cy')];
    expect(tip(named[1])[0]).toBeGreaterThan(cx + 50);
    expect(tip(named[1])[1]).toBeCloseTo(cy, 0);
    expect(tip(named[2])[0]).toBeCloseTo(cx, 0);
    expect(tip(named[2])[1]).toBeLessThan(cy - 50);
    expect(labels(embeddingArrowsFigure(data, options))).toEqual(
      expect.arrayContaining(['dimension 2', 'dimension 3', 'capacity C']),
    );
    const two = {
      ...data,
      embedding: embeddingOf([0.7, 0.7, 0], [-0.7, 0.7, 0]),
      capacities: [1, 1],
    };
    const drawn = elements(parseXml(embeddingArrowsFigure(two, options)), 'polygon').filter(
      (node) => elements(node, 'title').length > 0,
    );
    expect(drawn.map((node) => textOf(elements(node, 'title')[0]))).toEqual([
      'feature 1: capacity 1',
      'feature 0: capacity 1',
    ]);
    const thickness = (node: Node) => {
      const [[x0, y0], [x1, y1]] = [0, 6].map((i) =>
        node.attributes.points.split(' ')[i].split(',').map(Number),
      );
      return Math.hypot(x1 - x0, y1 - y0);
    };
    expect(thickness(drawn[1])).toBeGreaterThan(1.3 * thickness(drawn[0]));
  });

  it('fades far arrows of blocks but not colours of capacities', () => {
    const arrow = { embedding: embeddingOf([-1, 0.1, 0]), capacities: [0.5] };
    const opacity = (data: object) =>
      elements(parseXml(embeddingArrowsFigure({ ...arrow, ...data }, options)), 'polygon').at(-1)
        ?.attributes.opacity;
    expect(Number(opacity({}))).toBe(1);
    const view = { azimuth: 0, elevation: 0 };
    expect(Number(opacity({ blockOf: [0], view }))).toBeCloseTo(0.5, 1);
  });

  it.each([2, 3])('colours %d dimensions by block, with letters', (dims) => {
    const embedding = dims === 3 ? axes : embeddingOf([1, 0], [0, 1], [-1, -1]);
    const data = { embedding, capacities: [1, 1, 1], blockOf: [0, 9, null], blockNames: ['pair'] };
    const svg = embeddingArrowsFigure(data, options);
    const root = parseXml(svg);
    for (const role of ['ps-b0', 'ps-b1', 'ps-blank']) {
      // One in the plot, one in the legend.
      expect(withClass(root, 'polygon', role)).toHaveLength(2);
    }
    expect(labels(svg)).toEqual(expect.arrayContaining(['A pair', 'J', 'A·0', 'J·1', '2']));
    expect(labels(svg)).not.toContain('capacity C');
  });

  it('rejects lists of blocks and labels of another length', () => {
    const of = (data: object) => () =>
      embeddingArrowsFigure({ embedding: axes, capacities: [1, 1, 1], ...data }, options);
    expect(of({ blockOf: [0] })).toThrow('blockOf must have 3 values, got 1');
    expect(of({ blockOf: [0, -1, 0] })).toThrow('blockOf[1]');
    expect(of({ labels: ['a'] })).toThrow('labels must have 3 values, got 1');
  });
});

const GOLDEN = (1 + Math.sqrt(5)) / 2;

const ring = (n: number, z = 0, turn = 0): number[][] =>
  Array.from({ length: n }, (_, i) => {
    const angle = ((i + turn) * 2 * Math.PI) / n;
    return [Math.cos(angle), Math.sin(angle), z];
  });

const poles = [
  [0, 0, 1],
  [0, 0, -1],
];

const signs = [-1, 1];

/** Vertices, and the number of edges by Euler: E = V + F - 2. */
const SOLIDS: Record<string, [number[][], number]> = {
  tetrahedron: [
    [
      [1, 1, 1],
      [1, -1, -1],
      [-1, 1, -1],
      [-1, -1, 1],
    ],
    6,
  ],
  octahedron: [[...ring(4), ...poles], 12],
  'triangular bipyramid': [[...ring(3), ...poles], 9],
  'pentagonal bipyramid': [[...ring(5), ...poles], 15],
  'square antiprism': [[...ring(4, 0.6), ...ring(4, -0.6, 0.5)], 16],
  cube: [signs.flatMap((x) => signs.flatMap((y) => signs.map((z) => [x, y, z]))), 12],
  icosahedron: [
    signs.flatMap((a) =>
      signs.flatMap((b) => [
        [0, a, b * GOLDEN],
        [a, b * GOLDEN, 0],
        [b * GOLDEN, 0, a],
      ]),
    ),
    30,
  ],
};

describe('hullEdges', () => {
  it.each(Object.entries(SOLIDS))('finds the edges of a rotated, noisy %s', (_, solid) => {
    const [points, edges] = solid;
    const noise = fc.array(fc.double({ min: -0.02, max: 0.02, noNaN: true }), {
      minLength: 3 * points.length,
      maxLength: 3 * points.length,
    });
    const angle = fc.double({ min: 0, max: 360, noNaN: true });
    fc.assert(
      fc.property(angle, angle, noise, (azimuth, elevation, bends) => {
        const see = seenFrom({ azimuth, elevation }, 1e9);
        const turned = points.map((point, i) => {
          const { right, up, near } = see(point);
          return [right, up, near].map((v, d) => v + bends[3 * i + d]);
        });
        expect(hullEdges(turned, 3)).toHaveLength(edges);
      }),
      { numRuns: 30 },
    );
  });

  it('finds the edges of a polygon with points inside, and none of a flat solid', () => {
    const pentagon = ring(5).map(([x, y]) => [x, y]);
    expect(hullEdges([...pentagon, [0.1, 0]], 2)).toHaveLength(5);
    expect(hullEdges(ring(5), 3)).toEqual([]);
    // In another order triples of points turn both ways, with opposite normals.
    const [a, b, c, d, e] = ring(5);
    expect(hullEdges([a, d, b, e, c], 3)).toEqual([]);
    expect(hullEdges([], 2)).toEqual([]);
    expect(hullEdges([[1, 0]], 2)).toEqual([]);
  });
});

describe('clearestView', () => {
  it('keeps arrows from covering each other', () => {
    for (const [points] of Object.values(SOLIDS)) {
      const see = seenFrom(clearestView(points), 1e9);
      const seen = points.map((point) => see(point));
      const longest = Math.hypot(...points[0]);
      seen.forEach((a, i) => {
        for (const b of seen.slice(0, i)) {
          expect(Math.hypot(a.right - b.right, a.up - b.up) / longest).toBeGreaterThan(0.1);
        }
      });
    }
  });
});
