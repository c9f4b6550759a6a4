import { describe, expect, it } from 'vitest';
import { comparisonFigure, distributionFigure } from '../src/index.ts';
import { comparison, distribution, PROVENANCE } from './samples.ts';
import { elements, labels, parseXml, textOf, type Node } from './xml.ts';

const options = { provenance: PROVENANCE };
const withClass = (root: Node, name: string, role: string): Node[] =>
  elements(root, name).filter(({ attributes }) => attributes.class === role);
const points = ({ attributes }: Node): number[][] => {
  const numbers = (attributes.d.match(/-?[\d.]+/g) ?? []).map(Number);
  return Array.from({ length: numbers.length / 2 }, (_, i) => numbers.slice(2 * i, 2 * i + 2));
};

describe('distributionFigure', () => {
  it('draws steps as high as their fractions, with equal ratios equally wide on a log axis', () => {
    const root = parseXml(distributionFigure(distribution(), options));
    // The first path of the class is the legend's.
    const steps = points(withClass(root, 'path', 'ps-l0')[1]);
    expect(steps).toHaveLength(6);
    const widths = [0, 2, 4].map((i) => steps[i + 1][0] - steps[i][0]);
    for (const width of widths) expect(width).toBeCloseTo(widths[0], 1);
    const floor = points(withClass(root, 'path', 'ps-b0')[1]).at(-1)?.[1] ?? 0;
    const heights = [0, 2, 4].map((i) => floor - steps[i][1]);
    expect(heights[0] / heights[1]).toBeCloseTo(0.2 / 0.5, 2);
    expect(heights[2] / heights[1]).toBeCloseTo(0.3 / 0.5, 2);
  });

  it('fills measurements and draws baselines as dashed lines', () => {
    const root = parseXml(distributionFigure(distribution(), options));
    // In the legend and in the plot.
    expect(withClass(root, 'path', 'ps-b0')).toHaveLength(2);
    expect(withClass(root, 'path', 'ps-b1')).toHaveLength(0);
    for (const line of withClass(root, 'path', 'ps-l1')) {
      expect(line.attributes['stroke-dasharray']).toBe('7 3');
    }
  });

  it('draws eight series in eight different styles', () => {
    const { edges, label, scale } = distribution();
    const series = Array.from({ length: 8 }, (_, i) => ({
      name: `series ${i}`,
      shares: [0.2, 0.5, 0.3],
      isReference: i > 0,
    }));
    const root = parseXml(distributionFigure({ edges, label, scale, series }, options));
    const dashes = elements(root, 'path')
      .filter(({ attributes }) => attributes['stroke-width'] === '1.7')
      .map(({ attributes }) => attributes['stroke-dasharray'] ?? 'none');
    // Each in the legend and in the plot.
    expect(dashes).toHaveLength(16);
    expect(new Set(dashes).size).toBe(8);
  });

  it('draws a series in the style it asks for', () => {
    const data = distribution();
    const [series] = data.series;
    const root = parseXml(
      distributionFigure({ ...data, series: [{ ...series, style: 3 }] }, options),
    );
    // In the legend and in the plot.
    for (const role of ['ps-l2', 'ps-b2'])
      expect(
        elements(root, 'path')
          .concat(elements(root, 'rect'))
          .filter(({ attributes }) => attributes.class === role),
      ).toHaveLength(2);
    expect(withClass(root, 'path', 'ps-l0')).toHaveLength(0);
  });

  it('rejects missing bins, edges that do not ascend, and series of another length', () => {
    const data = distribution();
    const wrong = (change: Partial<typeof data>) => () =>
      distributionFigure({ ...data, ...change }, options);
    expect(wrong({ edges: [1], series: [] })).toThrow('at least one bin and one series');
    expect(wrong({ edges: [1, 2, 2, 3] })).toThrow('edges must ascend, got 2 before 2');
    expect(wrong({ series: [{ name: 'x', shares: [1] }] })).toThrow(
      'x: shares must have one value for each of 3 bins, got 1',
    );
  });
});

describe('comparisonFigure', () => {
  it('places values, intervals and references on one axis', () => {
    const root = parseXml(comparisonFigure(comparison(), options));
    // The first disc is the legend's.
    const [, half, one] = withClass(root, 'circle', 'ps-b0').map(({ attributes }) => attributes);
    const unit = 2 * (Number(one.cx) - Number(half.cx));
    const [from, to] = points(withClass(root, 'path', 'ps-rule')[0]);
    expect((to[0] - from[0]) / unit).toBeCloseTo(0.2, 2);
    expect((from[0] + to[0]) / 2).toBeCloseTo(Number(half.cx), 1);
    // A square of the legend, then those of the two rows.
    const squares = withClass(root, 'path', 'ps-l1').map((square) => {
      const corners = points(square);
      return (corners[0][0] + corners[2][0]) / 2;
    });
    expect((squares[1] - squares[2]) / unit).toBeCloseTo(0.75, 2);
    // The second row has no second reference.
    expect(withClass(root, 'path', 'ps-l2')).toHaveLength(2);
    expect(labels(comparisonFigure(comparison(), options))).toEqual(
      expect.arrayContaining(['W', 'layer 1', 'norms']),
    );
  });

  it.each([
    ['from 0 to 1.05 times the largest value', 'linear', [0.2, 0.4], [0, 0.42]],
    ['from the smallest value if it is negative', 'linear', [-0.4, 0.2], [-0.4, 0.21]],
    ['from the smallest value over 1.3 to 1.3 times the largest', 'log', [2, 32], [2 / 1.3, 41.6]],
  ] as const)('has an axis %s', (_, scale, values, [from, to]) => {
    const rows = values.map((value) => ({ name: `${value}`, value, references: [] }));
    const data = { label: 'efficiency', measured: 'weights', scale, rows, references: [] };
    const root = parseXml(comparisonFigure(data, options));
    const [area] = withClass(root, 'rect', 'ps-line').map(({ attributes }) => attributes);
    const place = scale === 'log' ? Math.log : (value: number) => value;
    const discs = withClass(root, 'circle', 'ps-b0').slice(1);
    values.forEach((value, r) => {
      const expected = (place(value) - place(from)) / (place(to) - place(from));
      const found = (Number(discs[r].attributes.cx) - Number(area.x)) / Number(area.width);
      expect(found).toBeCloseTo(expected, 3);
    });
  });

  it('draws six references as six different symbols', () => {
    const references = ['a', 'b', 'c', 'd', 'e', 'f'];
    const rows = [{ name: 'W', value: 0.5, references: references.map((_, k) => k / 10) }];
    const root = parseXml(comparisonFigure({ ...comparison(), references, rows }, options));
    const shapes = elements(root, 'path')
      .filter(({ attributes }) => attributes['stroke-width'] === '1.5')
      .slice(0, 6)
      .map(({ attributes }) => {
        const [[x, y]] = points({ attributes } as Node);
        // Corners relative to the first one do not depend on the place of the symbol.
        const rest = points({ attributes } as Node).map(([a, b]) => [a - x, b - y].map(Math.round));
        return JSON.stringify([rest, attributes.d.endsWith('Z') || attributes.d.endsWith('z')]);
      });
    expect(new Set(shapes).size).toBe(6);
  });

  it('has a tooltip with the numbers of each row', () => {
    const root = parseXml(comparisonFigure(comparison(), options));
    expect(elements(root, 'title').map(textOf)).toContain('W: 0.5, W 0.75, norms 0.25');
  });

  it('rejects missing rows and rows without a value per reference', () => {
    expect(() => comparisonFigure({ ...comparison(), rows: [] }, options)).toThrow(
      'at least one row',
    );
    expect(() => comparisonFigure({ ...comparison(), references: ['a'] }, options)).toThrow(
      'comparisonFigure, W: references must have 1 values, got 2',
    );
  });
});
