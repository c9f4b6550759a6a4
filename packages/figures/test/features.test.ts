import { describe, expect, it } from 'vitest';
import { cssColour, mapColour } from '../src/colour.ts';
import {
  capacityBarsFigure,
  embeddingArrowsFigure,
  gramHeatMapFigure,
  marginalBenefitFigure,
  marginalBenefitInsets,
  phaseOfCapacity,
  trainingCostFigure,
  type MarginalInset,
} from '../src/index.ts';
import { textWidth } from '../src/text.ts';
import { decodePngUri } from './png.ts';
import { benefits, costs, PROVENANCE } from './samples.ts';
import { elements, labels, parseXml, type Node } from './xml.ts';

const options = { provenance: PROVENANCE };
const withClass = (root: Node, name: string, role: string): Node[] =>
  elements(root, name).filter((node) => (node.attributes.class ?? '').split(' ').includes(role));
const number = (node: Node, key: string): number => Number(node.attributes[key]);

describe('capacityBarsFigure', () => {
  it('draws bars as high as their capacities, classed and marked by phase', () => {
    const root = parseXml(capacityBarsFigure({ capacities: [1, 0.25, 0] }, options));
    const bars = elements(root, 'rect').filter((node) => node.children.length > 0);
    expect(bars.map((bar) => bar.attributes.class)).toEqual([
      'ps-full',
      'ps-partial',
      'ps-ignored',
    ]);
    const [full, partial, ignored] = bars.map((bar) => number(bar, 'height'));
    expect(partial / full).toBeCloseTo(0.25, 3);
    expect(ignored).toBe(0);
    expect(withClass(root, 'polygon', 'ps-partial')).toHaveLength(2);
    expect(withClass(root, 'circle', 'ps-open')).toHaveLength(2);
    expect(withClass(root, 'path', 'ps-stripe')).toHaveLength(1);
  });

  it('takes phases as told, and by capacity otherwise', () => {
    expect([0, 1e-4, 0.5, 0.9995, 1].map((c) => phaseOfCapacity(c))).toEqual([
      'ignored',
      'ignored',
      'partial',
      'full',
      'full',
    ]);
    expect(phaseOfCapacity(0.97, 0.05)).toBe('full');
    const svg = capacityBarsFigure({ capacities: [0.97], phases: ['full'] }, options);
    expect(labels(svg)).toContain('fully represented');
    expect(labels(svg)).not.toContain('partially represented');
  });

  it('puts measured dots at their capacities', () => {
    const data = { capacities: [1, 1], measured: { label: 'm', capacities: [0.5, Number.NaN] } };
    const root = parseXml(capacityBarsFigure(data, options));
    const bar = elements(root, 'rect').find((node) => node.children.length > 0) as Node;
    const dots = withClass(root, 'circle', 'ps-ink');
    expect(dots).toHaveLength(2); // one of them in the legend
    expect(number(dots[1], 'cy')).toBeCloseTo(number(bar, 'y') + number(bar, 'height') / 2, 1);
  });

  it('says the sum beside the dimensions', () => {
    const svg = capacityBarsFigure({ capacities: [1, 0.5, 0.5, Number.NaN], dims: 2 }, options);
    expect(labels(svg)).toContain('sum of capacities 2 in 2 dimensions');
    expect(labels(svg)).toContain('equal share D/N = 0.5');
  });

  it('stays readable for 200 features: labels do not touch and stay inside', () => {
    const capacities = Array.from({ length: 200 }, (_, i) => 1 - i / 199);
    const importances = capacities.map((_, i) => 1.1 ** -i);
    const root = parseXml(capacityBarsFigure({ capacities, importances }, options));
    const middles = elements(root, 'text').filter(
      ({ attributes: a }) => a['text-anchor'] === 'middle' && a.transform === undefined,
    );
    const rows = new Map(
      middles.map(({ attributes: { y } }) => [y, middles.filter((t) => t.attributes.y === y)]),
    );
    for (const row of rows.values()) {
      const spans = row.map((t) => {
        const half = textWidth(t.children[0].text, number(t, 'font-size')) / 2;
        return [number(t, 'x') - half, number(t, 'x') + half];
      });
      for (let i = 1; i < spans.length; i++) {
        expect(spans[i][0]).toBeGreaterThan(spans[i - 1][1]);
      }
      expect(spans.at(-1)?.[1]).toBeLessThanOrEqual(720);
    }
    expect(rows.size).toBeGreaterThan(2);
  });

  it('refuses series of different lengths and numbers that are no capacities', () => {
    expect(() => capacityBarsFigure({ capacities: [] }, options)).toThrow('no features');
    expect(() => capacityBarsFigure({ capacities: [1], importances: [] }, options)).toThrow(
      '0 importances',
    );
    expect(() => capacityBarsFigure({ capacities: [1.2] }, options)).toThrow('no capacity');
  });
});

describe('marginalBenefitFigure', () => {
  it('puts each optimum on its level, and the price between the levels around it', () => {
    const root = parseXml(marginalBenefitFigure(benefits(), options));
    const frame = withClass(root, 'rect', 'ps-line').at(-1) as Node;
    const full = withClass(root, 'rect', 'ps-full').at(-1) as Node;
    const right = number(frame, 'x') + number(frame, 'width');
    expect(number(full, 'x') + number(full, 'width') / 2).toBeCloseTo(right, 1);
    const [price] = withClass(root, 'path', 'ps-rule');
    const level = Number(price.attributes.d.split(/[ L]/)[1]);
    const ignored = withClass(root, 'circle', 'ps-open').at(-1) as Node;
    // Levels 9, 10 and 100: on a log axis the first two are 22 times closer.
    const fullLevel = number(full, 'y') + number(full, 'height') / 2;
    const ratio = (level - fullLevel) / (number(ignored, 'cy') - level);
    expect(ratio).toBeCloseTo(1 / Math.log10(10 / 9), 0);
  });

  it('survives benefits that are flat, zero or missing', () => {
    const flat = { ...benefits(), curves: [{ importance: 1, benefit: [2, 2, 2] }] };
    const none = { ...benefits(), curves: [{ importance: -1, benefit: [0, Number.NaN, -1] }] };
    const { price: _, ...free } = none;
    for (const data of [flat, none, free]) {
      expect(() => parseXml(marginalBenefitFigure(data, options))).not.toThrow();
    }
  });

  it('names as many of 200 curves as have room', () => {
    const curves = Array.from({ length: 200 }, (_, i) => ({
      label: `curve ${i}`,
      importance: i + 1,
      benefit: [3 + i, 2 + i, 1 + i],
    }));
    const svg = marginalBenefitFigure({ capacities: [0, 0.5, 1], curves }, options);
    const named = elements(parseXml(svg), 'text').filter((t) =>
      t.children[0].text.startsWith('curve '),
    );
    const levels = named.map((t) => number(t, 'y')).toSorted((a, b) => a - b);
    expect(named.length).toBeGreaterThan(8);
    expect(Math.min(...levels.slice(1).map((y, i) => y - levels[i]))).toBeGreaterThanOrEqual(11.9);
  });

  it('keeps the names of curves that end in one point apart', () => {
    const curve = (name: string) => ({ label: name, importance: 1, benefit: [2, 2] });
    const data = { capacities: [0, 1], curves: [curve('twin one'), curve('twin two')] };
    const names = elements(parseXml(marginalBenefitFigure(data, options)), 'text').filter((t) =>
      t.children[0].text.startsWith('twin'),
    );
    expect(names).toHaveLength(2);
    expect(Math.abs(number(names[0], 'y') - number(names[1], 'y'))).toBeGreaterThanOrEqual(11.9);
  });

  it('refuses curves that do not fit the capacities', () => {
    const curves = [{ importance: 1, benefit: [1] }];
    expect(() => marginalBenefitFigure({ capacities: [0, 1], curves }, options)).toThrow('curve 0');
    expect(() => marginalBenefitFigure({ capacities: [], curves: [] }, options)).toThrow('curves');
  });

  it('lines six insets up in three columns and names the axes once', () => {
    const inset = (letter: string, i: number): MarginalInset => ({
      ...benefits(),
      price: 10 ** (i * 2),
      letter,
      title: `inset ${letter}`,
    });
    const insets = [...'ABCDEF'].map(inset);
    const svg = marginalBenefitInsets(insets, options);
    const frames = withClass(parseXml(svg), 'rect', 'ps-line');
    expect(frames).toHaveLength(6);
    expect(new Set(frames.map((frame) => frame.attributes.x)).size).toBe(3);
    expect(new Set(frames.map((frame) => frame.attributes.y)).size).toBe(2);
    expect(labels(svg).filter((name) => name === 'capacity C')).toHaveLength(1);
    expect(() => marginalBenefitInsets([], options)).toThrow('no panel');
  });
});

describe('gramHeatMapFigure', () => {
  it('colours symmetrically around zero and writes numbers into large cells', () => {
    const gram = Float64Array.from([2, -1, -1, 0]);
    const svg = gramHeatMapFigure({ gram, features: 2 }, options);
    const image = decodePngUri(elements(parseXml(svg), 'image')[0].attributes.href);
    expect(image.pixel(0, 0).slice(0, 3)).toEqual(mapColour('diverging', 1));
    expect(image.pixel(1, 0).slice(0, 3)).toEqual(mapColour('diverging', 0.25));
    expect(image.pixel(1, 1).slice(0, 3)).toEqual(mapColour('diverging', 0.5));
    expect(labels(svg).filter((name) => name === '−1').length).toBeGreaterThanOrEqual(2);
  });

  it('draws 300 features with some missing, in a few labels', () => {
    const gram = new Float64Array(300 * 300).fill(0.1);
    gram[17] = Number.NaN;
    const svg = gramHeatMapFigure({ gram, features: 300 }, options);
    expect(labels(svg).length).toBeLessThan(70);
  });

  it('refuses what is no square matrix', () => {
    expect(() => gramHeatMapFigure({ gram: [1, 2, 3], features: 2 }, options)).toThrow('2 x 2');
  });
});

describe('embeddingArrowsFigure', () => {
  const embedding = (...data: number[]) => ({
    dims: 2,
    features: data.length / 2,
    data: Float64Array.from(data),
  });

  it('points each arrow at its vector on equal scales, coloured by capacity', () => {
    const data = { embedding: embedding(1, 0, 0, 0.5), capacities: [1, 0.5] };
    const root = parseXml(embeddingArrowsFigure(data, options));
    const circle = withClass(root, 'circle', 'ps-line')[0];
    const [cx, cy, r] = ['cx', 'cy', 'r'].map((key) => number(circle, key));
    const arrows = elements(root, 'polygon');
    expect(arrows.map((arrow) => arrow.attributes.fill)).toEqual([
      cssColour(mapColour('viridis', 1)),
      cssColour(mapColour('viridis', 0.5)),
    ]);
    const tips = arrows.map((arrow) =>
      arrow.attributes.points.split(' ')[3].split(',').map(Number),
    );
    expect(tips[0][0]).toBeCloseTo(cx + r, 0);
    expect(tips[0][1]).toBeCloseTo(cy, 0);
    expect(tips[1][0]).toBeCloseTo(cx, 0);
    expect(tips[1][1]).toBeCloseTo(cy - r / 2, 0);
    const frame = withClass(root, 'rect', 'ps-line')[0];
    expect(number(frame, 'width')).toBeCloseTo(number(frame, 'height'), 1);
  });

  it.each([
    [900, 300],
    [400, 900],
  ])('keeps its square plot inside of %d x %d pixels', (width, height) => {
    const data = { embedding: embedding(1, 0), capacities: [1] };
    const root = parseXml(embeddingArrowsFigure(data, { ...options, width, height }));
    const frame = withClass(root, 'rect', 'ps-line')[0];
    expect(number(frame, 'x') + number(frame, 'width')).toBeLessThan(width);
    expect(number(frame, 'y') + number(frame, 'height')).toBeLessThan(height);
  });

  it('shows a zero vector as a dot, and a missing capacity without colour', () => {
    const data = { embedding: embedding(0, 0, 1, 1), capacities: [0, Number.NaN] };
    const svg = embeddingArrowsFigure(data, options);
    const root = parseXml(svg);
    expect(withClass(root, 'circle', 'ps-edge')).toHaveLength(1);
    expect(withClass(root, 'polygon', 'ps-blank')[0].attributes.fill).toBeUndefined();
    expect(labels(svg)).toEqual(expect.arrayContaining(['0', '1']));
  });

  it('names every arrow even where names are long and directions equal', () => {
    const names = ['a long name', 'another one', 'third'];
    const data = {
      embedding: embedding(1, 0.02, 1, 0, 0.98, 0),
      capacities: [1, 1, 1],
      labels: names,
    };
    expect(labels(embeddingArrowsFigure(data, options))).toEqual(expect.arrayContaining(names));
  });

  it('refuses other dimensions, numbers and sizes', () => {
    const four = { dims: 4, features: 1, data: new Float64Array(4) };
    expect(() => embeddingArrowsFigure({ embedding: four, capacities: [1] }, options)).toThrow(
      RangeError,
    );
    const lost = embedding(Number.NaN, 0);
    expect(() => embeddingArrowsFigure({ embedding: lost, capacities: [1] }, options)).toThrow(
      'feature 0',
    );
    expect(() =>
      embeddingArrowsFigure({ embedding: embedding(1, 0), capacities: [] }, options),
    ).toThrow('0 capacities');
  });
});

describe('trainingCostFigure', () => {
  /** The ends of every drawn line of a colour of the ramp, in pixels. */
  const curves = (root: Node): { d: number[]; dash: string | undefined; role: string }[] =>
    elements(root, 'path')
      .filter(({ attributes: a }) => /^ps-r\d+$/.test(a.class ?? '') && !(a.d ?? '').endsWith('z'))
      .map(({ attributes: a }) => ({
        d: (a.d.match(/[-\d.]+/g) ?? []).map(Number),
        dash: a['stroke-dasharray'],
        role: a.class,
      }));

  it('draws proportional costs as straight lines, at distances that are logarithms of their ratios', () => {
    const root = parseXml(trainingCostFigure([costs()], options));
    // Two of the legend come first; density 1 and 0.05, each with one thread and with two.
    const [dense, halved, sparse] = curves(root).slice(2);
    const slopes = [0, 2, 4].map(
      (i) => (dense.d[i + 3] - dense.d[i + 1]) / (dense.d[i + 2] - dense.d[i]),
    );
    for (const slope of slopes) expect(slope).toBeCloseTo(slopes[0], 2);
    const decade = (halved.d[1] - dense.d[1]) / Math.log10(2);
    expect((sparse.d[1] - dense.d[1]) / decade).toBeCloseTo(Math.log10(10 / 1.45), 2);
  });

  it('tells densities by colour and marker, numbers of threads by dashes', () => {
    const svg = trainingCostFigure([costs()], options);
    const lines = curves(parseXml(svg)).slice(2);
    expect(new Set(lines.map(({ role }) => role)).size).toBe(2);
    expect(lines.map(({ dash }) => dash)).toEqual([undefined, '6 3', undefined, '6 3']);
    expect(lines[0].role).toBe(lines[1].role);
    expect(labels(svg)).toEqual(
      expect.arrayContaining([
        'density 1',
        'density 0.05',
        '1 thread',
        '2 threads',
        'time a step (µs)',
      ]),
    );
    const one = costs();
    const alone = trainingCostFigure([{ ...one, curves: one.curves.slice(0, 1) }], options);
    expect(labels(alone)).not.toContain('1 thread');
  });

  it('gives all panels one scale of time', () => {
    const slow = costs();
    const curve = { density: 1, threads: 1, sizes: [1, 2], microseconds: [1e7, 2e7] };
    const svg = trainingCostFigure([costs(), { ...slow, curves: [curve] }], options);
    expect(labels(svg).filter((text) => text === '1e6')).toHaveLength(2);
  });

  it('survives a time that is missing, and a single point', () => {
    const curve = { density: 1, threads: 1, sizes: [1, 2], microseconds: [Number.NaN, 2] };
    const point = { density: 1, threads: 1, sizes: [7], microseconds: [3] };
    for (const each of [[curve], [point]]) {
      const svg = trainingCostFigure([{ ...costs(), curves: each }], options);
      expect(() => parseXml(svg)).not.toThrow();
    }
  });

  it('refuses no panels, no curves, and times that do not fit', () => {
    expect(() => trainingCostFigure([], options)).toThrow('no panel');
    expect(() => trainingCostFigure([{ ...costs(), curves: [] }], options)).toThrow('no curve');
    const curve = { density: 1, threads: 1, sizes: [1], microseconds: [] };
    expect(() => trainingCostFigure([{ ...costs(), curves: [curve] }], options)).toThrow(
      'curve 0 has 0 times for 1 sizes',
    );
  });
});
