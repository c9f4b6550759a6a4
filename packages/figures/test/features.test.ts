import { describe, expect, it } from 'vitest';
import { cssColour, mapColour } from '../src/theme/colour.ts';
import {
  capacityBarsFigure,
  embeddingArrowsFigure,
  gramHeatMapFigure,
  marginalBenefitFigure,
  marginalBenefitPanelsFigure,
  phaseOfCapacity,
  trainingCostFigure,
  type MarginalBenefitPanel,
} from '../src/index.ts';
import { textWidth } from '../src/svg/text.ts';
import { decodePngUri } from './png.ts';
import { benefits, costs, PROVENANCE } from './samples.ts';
import { elements, labels, parseXml, type Node } from './xml.ts';

const options = { provenance: PROVENANCE };
const withClass = (root: Node, name: string, role: string): Node[] =>
  elements(root, name).filter((node) => (node.attributes.class ?? '').split(' ').includes(role));
const number = (node: Node, key: string): number => Number(node.attributes[key]);

/** The middle of the box around a path. */
function middleOf(path: Node): [number, number] {
  const numbers = (path.attributes.d.match(/[-\d.]+/g) ?? []).map(Number);
  const [x, y] = [0, 1].map((k) => numbers.filter((_, i) => i % 2 === k));
  return [(Math.min(...x) + Math.max(...x)) / 2, (Math.min(...y) + Math.max(...y)) / 2];
}

describe('capacityBarsFigure', () => {
  it('draws bars as high as their capacities in the colours and symbols of their phases', () => {
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
    expect(withClass(root, 'path', 'ps-partial')).toHaveLength(2);
    expect(withClass(root, 'circle', 'ps-open')).toHaveLength(2);
    expect(withClass(root, 'path', 'ps-stripe')).toHaveLength(1);
  });

  it('uses the given phases, or derives them from the capacities', () => {
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

  it('draws measured capacities as dots', () => {
    const data = { capacities: [1, 1], measured: { label: 'm', capacities: [0.5, Number.NaN] } };
    const root = parseXml(capacityBarsFigure(data, options));
    const bar = elements(root, 'rect').find((node) => node.children.length > 0) as Node;
    const dots = withClass(root, 'circle', 'ps-ink');
    expect(dots).toHaveLength(2); // one of them in the legend
    expect(number(dots[1], 'cy')).toBeCloseTo(number(bar, 'y') + number(bar, 'height') / 2, 1);
  });

  it('shows the sum of the capacities and the number of dimensions', () => {
    const svg = capacityBarsFigure({ capacities: [1, 0.5, 0.5, Number.NaN], dims: 2 }, options);
    expect(labels(svg)).toContain('sum of capacities 2 in 2 dimensions');
    expect(labels(svg)).toContain('equal share D/N = 0.5');
  });

  it('keeps the labels of 200 features apart and inside the figure', () => {
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

  it('rejects lists of different lengths and capacities outside [0, 1]', () => {
    expect(() => capacityBarsFigure({ capacities: [] }, options)).toThrow('at least one feature');
    expect(() => capacityBarsFigure({ capacities: [1], importances: [] }, options)).toThrow(
      'importances must have 1 values, got 0',
    );
    expect(() => capacityBarsFigure({ capacities: [1.2] }, options)).toThrow('in [0, 1], got 1.2');
  });
});

describe('marginalBenefitFigure', () => {
  it('puts each optimum and the price at their levels', () => {
    const root = parseXml(marginalBenefitFigure(benefits(), options));
    const frame = withClass(root, 'rect', 'ps-line').at(-1) as Node;
    const full = middleOf(withClass(root, 'path', 'ps-full').at(-1) as Node);
    const right = number(frame, 'x') + number(frame, 'width');
    expect(full[0]).toBeCloseTo(right, 1);
    const [price] = withClass(root, 'path', 'ps-rule');
    const level = Number(price.attributes.d.split(/[ L]/)[1]);
    const ignored = withClass(root, 'circle', 'ps-open').at(-1) as Node;
    // Levels 9, 10 and 100: on a log axis the first two are 22 times closer.
    const ratio = (level - full[1]) / (number(ignored, 'cy') - level);
    expect(ratio).toBeCloseTo(1 / Math.log10(10 / 9), 0);
  });

  it('accepts benefits that are flat, zero or missing', () => {
    const flat = { ...benefits(), curves: [{ importance: 1, benefit: [2, 2, 2] }] };
    const none = { ...benefits(), curves: [{ importance: -1, benefit: [0, Number.NaN, -1] }] };
    const { price: _, ...free } = none;
    for (const data of [flat, none, free]) {
      expect(() => parseXml(marginalBenefitFigure(data, options))).not.toThrow();
    }
  });

  it('names as many of 200 curves as fit', () => {
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

  it('keeps the names of curves that end in the same point apart', () => {
    const curve = (name: string) => ({ label: name, importance: 1, benefit: [2, 2] });
    const data = { capacities: [0, 1], curves: [curve('twin one'), curve('twin two')] };
    const names = elements(parseXml(marginalBenefitFigure(data, options)), 'text').filter((t) =>
      t.children[0].text.startsWith('twin'),
    );
    expect(names).toHaveLength(2);
    expect(Math.abs(number(names[0], 'y') - number(names[1], 'y'))).toBeGreaterThanOrEqual(11.9);
  });

  it('rejects curves without one value per capacity', () => {
    const curves = [{ importance: 1, benefit: [1] }];
    expect(() => marginalBenefitFigure({ capacities: [0, 1], curves }, options)).toThrow('curve 0');
    expect(() => marginalBenefitFigure({ capacities: [], curves: [] }, options)).toThrow(
      'at least one curve',
    );
  });

  it('aligns six panels in three columns and titles the axes once', () => {
    const panel = (letter: string, i: number): MarginalBenefitPanel => ({
      ...benefits(),
      price: 10 ** (i * 2),
      letter,
      title: `panel ${letter}`,
    });
    const panels = [...'ABCDEF'].map(panel);
    const svg = marginalBenefitPanelsFigure(panels, options);
    const frames = withClass(parseXml(svg), 'rect', 'ps-line');
    expect(frames).toHaveLength(6);
    expect(new Set(frames.map((frame) => frame.attributes.x)).size).toBe(3);
    expect(new Set(frames.map((frame) => frame.attributes.y)).size).toBe(2);
    expect(labels(svg).filter((name) => name === 'capacity C')).toHaveLength(1);
    expect(() => marginalBenefitPanelsFigure([], options)).toThrow('at least one panel');
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

  it('draws few labels for 300 features', () => {
    const gram = new Float64Array(300 * 300).fill(0.1);
    gram[17] = Number.NaN;
    const svg = gramHeatMapFigure({ gram, features: 300 }, options);
    expect(labels(svg).length).toBeLessThan(70);
  });

  it('rejects a matrix that is not square', () => {
    expect(() => gramHeatMapFigure({ gram: [1, 2, 3], features: 2 }, options)).toThrow(
      'got 3 for 2 features',
    );
  });
});

describe('embeddingArrowsFigure', () => {
  const embedding = (...data: number[]) => ({
    dims: 2,
    features: data.length / 2,
    data: Float64Array.from(data),
  });

  it('draws each vector as an arrow on equal scales, coloured by capacity', () => {
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
  ])('keeps its square plot inside %d x %d pixels', (width, height) => {
    const data = { embedding: embedding(1, 0), capacities: [1] };
    const root = parseXml(embeddingArrowsFigure(data, { ...options, width, height }));
    const frame = withClass(root, 'rect', 'ps-line')[0];
    expect(number(frame, 'x') + number(frame, 'width')).toBeLessThan(width);
    expect(number(frame, 'y') + number(frame, 'height')).toBeLessThan(height);
  });

  it('draws a zero vector as a dot and a missing capacity without colour', () => {
    const data = { embedding: embedding(0, 0, 1, 1), capacities: [0, Number.NaN] };
    const svg = embeddingArrowsFigure(data, options);
    const root = parseXml(svg);
    expect(withClass(root, 'circle', 'ps-edge')).toHaveLength(1);
    expect(withClass(root, 'polygon', 'ps-blank')[0].attributes.fill).toBeUndefined();
    expect(labels(svg)).toEqual(expect.arrayContaining(['0', '1']));
  });

  it('names every arrow even if names are long and directions equal', () => {
    const names = ['a long name', 'another one', 'third'];
    const data = {
      embedding: embedding(1, 0.02, 1, 0, 0.98, 0),
      capacities: [1, 1, 1],
      labels: names,
    };
    expect(labels(embeddingArrowsFigure(data, options))).toEqual(expect.arrayContaining(names));
  });

  it('rejects other dimensions, numbers that are not finite, and lists of other lengths', () => {
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
    ).toThrow('capacities must have 1 values, got 0');
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

  it('draws proportional costs as parallel straight lines on log axes', () => {
    const root = parseXml(trainingCostFigure([costs()], options));
    // Two lines of the legend come first; then density 1 and 0.05, each with one thread and with two.
    const [dense, halved, sparse] = curves(root).slice(2);
    const slopes = [0, 2, 4].map(
      (i) => (dense.d[i + 3] - dense.d[i + 1]) / (dense.d[i + 2] - dense.d[i]),
    );
    for (const slope of slopes) expect(slope).toBeCloseTo(slopes[0], 2);
    const decade = (halved.d[1] - dense.d[1]) / Math.log10(2);
    expect((sparse.d[1] - dense.d[1]) / decade).toBeCloseTo(Math.log10(10 / 1.45), 2);
  });

  it('distinguishes densities by colour and symbol, numbers of threads by dashes', () => {
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
        'time per step (µs)',
      ]),
    );
    const one = costs();
    const alone = trainingCostFigure([{ ...one, curves: one.curves.slice(0, 1) }], options);
    expect(labels(alone)).not.toContain('1 thread');
  });

  it('uses one scale of time for all panels', () => {
    const slow = costs();
    const curve = { density: 1, threads: 1, sizes: [1, 2], microseconds: [1e7, 2e7] };
    const svg = trainingCostFigure([costs(), { ...slow, curves: [curve] }], options);
    expect(labels(svg).filter((text) => text === '1e6')).toHaveLength(2);
  });

  it('accepts a missing time and a single point', () => {
    const curve = { density: 1, threads: 1, sizes: [1, 2], microseconds: [Number.NaN, 2] };
    const point = { density: 1, threads: 1, sizes: [7], microseconds: [3] };
    for (const each of [[curve], [point]]) {
      const svg = trainingCostFigure([{ ...costs(), curves: each }], options);
      expect(() => parseXml(svg)).not.toThrow();
    }
  });

  it('rejects missing panels, missing curves, and times that do not match the sizes', () => {
    expect(() => trainingCostFigure([], options)).toThrow('at least one panel');
    expect(() => trainingCostFigure([{ ...costs(), curves: [] }], options)).toThrow(
      'at least one curve',
    );
    const curve = { density: 1, threads: 1, sizes: [1], microseconds: [] };
    expect(() => trainingCostFigure([{ ...costs(), curves: [curve] }], options)).toThrow(
      'curve 0 must have a time for each of 1 sizes, got 0',
    );
  });
});
