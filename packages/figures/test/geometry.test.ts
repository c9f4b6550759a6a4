import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapColour } from '../src/colour.ts';
import { hullEdges } from '../src/hull-edges.ts';
import {
  embeddingArrowsFigure,
  gramHeatMapFigure,
  shapeGalleryFigure,
  spectrumFigure,
} from '../src/index.ts';
import { clearestView, seenFrom } from '../src/view.ts';
import { decodePngUri } from './png.ts';
import { embeddingOf, gallery, PROVENANCE, spectrum } from './samples.ts';
import { elements, labels, parseXml, textOf, type Node } from './xml.ts';

const options = { provenance: PROVENANCE };
const withClass = (root: Node, name: string, role: string): Node[] =>
  elements(root, name).filter((node) => (node.attributes.class ?? '').split(' ').includes(role));
const number = (node: Node, key: string): number => Number(node.attributes[key]);
const numbersOf = (text: string): number[] => (text.match(/-?[\d.]+/g) ?? []).map(Number);

describe('gramHeatMapFigure by block', () => {
  it('orders rows and columns by block and keeps the others after them', () => {
    const n = 6;
    const gram = Float64Array.from({ length: n * n }, (_, i) => (i % n) + Math.floor(i / n) / 10);
    const blocks = [{ features: [4, 1] }, { features: [3] }];
    const svg = gramHeatMapFigure({ gram, features: n, blocks }, options);
    const image = decodePngUri(elements(parseXml(svg), 'image')[0].attributes.href);
    const order = [4, 1, 3, 0, 2, 5];
    for (const [row, i] of order.entries()) {
      for (const [column, j] of order.entries()) {
        const t = (gram[i * n + j] + 5.5) / 11;
        expect(image.pixel(column, row).slice(0, 3)).toEqual(mapColour('diverging', t));
      }
    }
    const axis = labels(svg).filter((line) => /^[0-5]$/.test(line));
    expect(axis.slice(0, 6)).toEqual(order.map(String));
  });

  it('outlines each block on the diagonal and names it beside', () => {
    const gram = new Float64Array(100).fill(0.5);
    const blocks = [
      { features: [0, 1, 2, 3, 4], label: 'pentagon' },
      { features: [7, 9], label: 'antipodal pair' },
    ];
    const svg = gramHeatMapFigure({ gram, features: 10, blocks }, options);
    const root = parseXml(svg);
    const [picture] = elements(root, 'image');
    const pitch = number(picture, 'width') / 10;
    const outlines = elements(root, 'rect').filter((r) => r.attributes.stroke === '#111');
    const expected = [
      [0, 5],
      [5, 7],
    ];
    expect(outlines).toHaveLength(2);
    outlines.forEach((outline, k) => {
      const [from, to] = expected[k];
      for (const axis of ['x', 'y']) {
        expect(number(outline, axis)).toBeCloseTo(number(picture, axis) + from * pitch, 1);
      }
      expect(number(outline, 'width')).toBeCloseTo((to - from) * pitch, 1);
      expect(number(outline, 'height')).toBeCloseTo((to - from) * pitch, 1);
    });
    expect(labels(svg)).toEqual(
      expect.arrayContaining(['A pentagon', 'B antipodal pair', 'no block']),
    );
  });

  it('shows the largest of several entries where pixels are fewer than features', () => {
    const n = 900;
    const gram = new Float32Array(n * n);
    gram[3 * n + 700] = -2;
    gram[n * n - 1] = 1;
    const svg = gramHeatMapFigure({ gram, features: n, blocks: [{ features: [0, 1] }] }, options);
    const image = decodePngUri(elements(parseXml(svg), 'image')[0].attributes.href);
    expect(image.width).toBeLessThan(400);
    const step = Math.ceil(n / image.width);
    expect(image.width).toBe(Math.ceil(n / step));
    const at = (i: number, j: number) =>
      image.pixel(Math.floor(j / step), Math.floor(i / step)).slice(0, 3);
    expect(at(3, 700)).toEqual(mapColour('diverging', 0));
    expect(at(n - 1, n - 1)).toEqual(mapColour('diverging', 0.75));
    expect(at(500, 200)).toEqual(mapColour('diverging', 0.5));
    expect(labels(svg).some((line) => line.includes(`${step} x ${step} entries`))).toBe(true);
  });

  it('refuses blocks that overlap, are empty, or hold no feature', () => {
    const of = (...blocks: number[][]) =>
      gramHeatMapFigure(
        { gram: [1, 0, 0, 1], features: 2, blocks: blocks.map((features) => ({ features })) },
        options,
      );
    expect(() => of([0, 1], [1])).toThrow(/blocks\[1\] .* each once, got 1/);
    expect(() => of([2])).toThrow(RangeError);
    expect(() => of([0.5])).toThrow(RangeError);
    expect(() => of([])).toThrow('blocks[0] holds no feature');
    expect(() =>
      gramHeatMapFigure({ gram: [1], features: 1, labels: ['a', 'b'] }, options),
    ).toThrow('2 labels for 1 features');
  });
});

describe('spectrumFigure', () => {
  it('puts eigenvalues on their levels, marked by block', () => {
    const root = parseXml(
      spectrumFigure({ eigenvalues: [2, 1, 0], blockOf: [0, 1, null] }, options),
    );
    const marks = elements(root, 'g').filter((g) => elements(g, 'title').length > 0);
    expect(marks.map((mark) => textOf(elements(mark, 'title')[0]))).toEqual([
      'eigenvalue 1: 2',
      'eigenvalue 2: 1',
      'eigenvalue 3: 0',
    ]);
    const [first, second, third] = marks.map((mark) => mark.children[0]);
    expect(first.attributes.class).toContain('ps-b0');
    expect(second.attributes.class).toContain('ps-b1');
    expect(third.attributes.class).toContain('ps-open');
    // The square of the second block is around its point.
    const corners = numbersOf(second.attributes.d);
    const [x, y] = [(corners[0] + corners[2]) / 2, (corners[1] + corners[5]) / 2];
    expect(x).toBeCloseTo((number(first, 'cx') + number(third, 'cx')) / 2, 0);
    expect(y).toBeCloseTo((number(first, 'cy') + number(third, 'cy')) / 2, 0);
  });

  it('draws gammas and the null model at their levels', () => {
    const root = parseXml(spectrumFigure(spectrum(), options));
    const frame = withClass(root, 'rect', 'ps-line').at(-1) as Node;
    const bottom = number(frame, 'y') + number(frame, 'height');
    const [gamma] = withClass(root, 'path', 'ps-l0');
    const level = numbersOf(gamma.attributes.d)[1];
    const first = elements(root, 'g').find((g) => elements(g, 'title').length > 0) as Node;
    expect(level).toBeCloseTo(number(first.children[0], 'cy'), 1);
    const line = withClass(root, 'path', 'ps-rule').find(
      ({ attributes }) => attributes['stroke-width'] === '1.4',
    ) as Node;
    const points = numbersOf(line.attributes.d);
    expect(bottom - points[7]).toBeCloseTo((bottom - points[1]) / 4, 0);
    expect(labels(spectrumFigure(spectrum(), options))).toEqual(
      expect.arrayContaining(['A γ = 2', 'gamma of a block', 'its range', 'in no block']),
    );
  });

  it('puts zeros on the floor of a log axis, and says so', () => {
    const svg = spectrumFigure({ ...spectrum(), scale: 'log' }, options);
    expect(labels(svg)).toContain('zero, or below the axis');
    const frame = withClass(parseXml(svg), 'rect', 'ps-line').at(-1) as Node;
    const low = withClass(parseXml(svg), 'path', 'ps-open').at(-1) as Node;
    expect(Math.max(...numbersOf(low.attributes.d).filter((_, i) => i % 2 === 1))).toBeCloseTo(
      number(frame, 'y') + number(frame, 'height'),
      1,
    );
    expect(labels(spectrumFigure(spectrum(), options))).not.toContain('zero, or below the axis');
  });

  it('survives one eigenvalue, zeros alone, and hundreds', () => {
    for (const eigenvalues of [[1], [0, 0], Array.from({ length: 400 }, (_, i) => 400 - i)]) {
      for (const scale of ['linear', 'log'] as const) {
        expect(() => parseXml(spectrumFigure({ eigenvalues, scale }, options))).not.toThrow();
      }
    }
  });

  it('refuses none, rising, negative, and series of other lengths', () => {
    const of = (data: object) => () => spectrumFigure({ ...spectrum(), ...data }, options);
    expect(of({ eigenvalues: [] })).toThrow('no eigenvalue');
    expect(of({ eigenvalues: [1, 2, 3, 4] })).toThrow('eigenvalues[1]');
    expect(of({ eigenvalues: [1, 1, 1, -1] })).toThrow('eigenvalues[3]');
    expect(of({ eigenvalues: [Number.NaN, 1, 1, 1] })).toThrow(RangeError);
    expect(of({ blockOf: [0] })).toThrow('blockOf must be 4, got 1');
    expect(of({ blockOf: [0, 0.5, 1, 1] })).toThrow('blockOf[1]');
    expect(of({ nullModel: { label: 'n', eigenvalues: [1] } })).toThrow('nullModel.eigenvalues');
    expect(of({ gammas: [{ value: -1 }] })).toThrow('a gamma');
  });
});

describe('embeddingArrowsFigure in space and by block', () => {
  const axes = embeddingOf([1, 0, 0], [0, 1, 0], [0, 0, 1]);

  it('turns space so that right, up and near stay an orthonormal right-handed frame', () => {
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

  it('draws near arrows last and thicker, each from the centre of the sphere', () => {
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

  it('keeps the colours of capacities unmixed, and fades far arrows of blocks', () => {
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

  it('refuses blocks and labels of another number', () => {
    const of = (data: object) => () =>
      embeddingArrowsFigure({ embedding: axes, capacities: [1, 1, 1], ...data }, options);
    expect(of({ blockOf: [0] })).toThrow('1 blockOf for 3 features');
    expect(of({ blockOf: [0, -1, 0] })).toThrow('blockOf[1]');
    expect(of({ labels: ['a'] })).toThrow('1 labels');
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
  it.each(Object.entries(SOLIDS))('finds those of a %s, turned and a little bent', (_, solid) => {
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

  it('goes round a polygon, past points inside, and finds none of a flat solid', () => {
    const pentagon = ring(5).map(([x, y]) => [x, y]);
    expect(hullEdges([...pentagon, [0.1, 0]], 2)).toHaveLength(5);
    expect(hullEdges(ring(5), 3)).toEqual([]);
    expect(hullEdges([], 2)).toEqual([]);
    expect(hullEdges([[1, 0]], 2)).toEqual([]);
  });
});

describe('clearestView', () => {
  it('does not let arrows cover each other', () => {
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

describe('shapeGalleryFigure', () => {
  it('says shape, features, dimensions, capacity and confidence of each block', () => {
    expect(labels(shapeGalleryFigure(gallery(), options))).toEqual(
      expect.arrayContaining([
        'A pair',
        '2 in 1, capacity 1',
        'B square',
        '4 in 2',
        'confidence 0.9',
        'C three',
        '2 times',
        'D four',
        '2 in 4',
      ]),
    );
  });

  it('draws an arrow a feature up to three dimensions, and cosines beyond', () => {
    const root = parseXml(shapeGalleryFigure(gallery(), options));
    const arrows = elements(root, 'polygon');
    expect(arrows.filter((a) => a.attributes.class === 'ps-b0 ps-edge')).toHaveLength(2);
    expect(arrows.filter((a) => a.attributes.class === 'ps-b1 ps-edge')).toHaveLength(4);
    expect(arrows.filter((a) => a.attributes.class === 'ps-b2 ps-edge')).toHaveLength(3);
    const pictures = elements(root, 'image');
    expect(pictures).toHaveLength(1);
    const image = decodePngUri(pictures[0].attributes.href);
    expect([image.width, image.height]).toEqual([2, 2]);
    expect(image.pixel(0, 0).slice(0, 3)).toEqual(mapColour('diverging', 1));
    expect(image.pixel(1, 0).slice(0, 3)).toEqual(mapColour('diverging', 0.5));
  });

  it('wraps into rows, fewer columns in less width', () => {
    const many = Array.from({ length: 13 }, (_, i) => ({ ...gallery()[i % 4], shape: `s${i}` }));
    const places = (width?: number) => {
      const root = parseXml(
        shapeGalleryFigure(many, { ...options, ...(width === undefined ? {} : { width }) }),
      );
      const titles = elements(root, 'text').filter((t) => / s\d+$/.test(textOf(t)));
      expect(titles).toHaveLength(13);
      return [
        new Set(titles.map((t) => t.attributes.x)).size,
        new Set(titles.map((t) => t.attributes.y)).size,
      ];
    };
    expect(places()).toEqual([5, 3]);
    expect(places(440)).toEqual([2, 7]);
  });

  it('survives zero vectors, and a hundred features', () => {
    const zero = { shape: 'none', embedding: embeddingOf([0, 0, 0], [0, 0, 0]) };
    const crowd = (dims: number) => ({
      shape: 'unordered',
      embedding: {
        dims,
        features: 100,
        data: Float64Array.from({ length: 100 * dims }, (_, i) => Math.sin(i * i)),
      },
    });
    const blocks = [zero, ...[1, 2, 3, 4].map(crowd)];
    expect(() => parseXml(shapeGalleryFigure(blocks, options))).not.toThrow();
  });

  it('refuses no block, no features, and numbers that are not finite', () => {
    expect(() => shapeGalleryFigure([], options)).toThrow('no block');
    const of = (block: object) => () =>
      shapeGalleryFigure([{ ...gallery()[0], ...block }], options);
    expect(of({ embedding: { dims: 2, features: 2, data: new Float64Array(3) } })).toThrow(
      'blocks[0].embedding must hold 2 x 2 numbers, got 3',
    );
    expect(of({ embedding: embeddingOf([1], [Number.NaN]) })).toThrow('must be finite');
    expect(of({ labels: ['a'] })).toThrow('labels must be 2, got 1');
    expect(of({ block: -1 })).toThrow('blocks[0].block');
  });
});
