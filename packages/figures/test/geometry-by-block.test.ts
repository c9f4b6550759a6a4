import { describe, expect, it } from 'vitest';
import { mapColour } from '../src/theme/colour.ts';
import { gramHeatMapFigure, spectrumFigure } from '../src/index.ts';
import { decodePngUri } from './png.ts';
import { spectrum } from './samples.ts';
import { elements, labels, parseXml, textOf, type Node } from './xml.ts';
import { options, withClass, number } from './geometry-parts.ts';

const numbersOf = (text: string): number[] => (text.match(/-?[\d.]+/g) ?? []).map(Number);

describe('gramHeatMapFigure by block', () => {
  it('orders rows and columns by block, features in no block last', () => {
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

  it('outlines and names each block', () => {
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

  it('shows the largest of several entries if there are fewer pixels than features', () => {
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

  it('rejects blocks that overlap, are empty, or hold an unknown feature', () => {
    const of = (...blocks: number[][]) =>
      gramHeatMapFigure(
        { gram: [1, 0, 0, 1], features: 2, blocks: blocks.map((features) => ({ features })) },
        options,
      );
    expect(() => of([0, 1], [1])).toThrow(/blocks\[1\] .* each once, got 1/);
    expect(() => of([2])).toThrow(RangeError);
    expect(() => of([0.5])).toThrow(RangeError);
    expect(() => of([])).toThrow('blocks[0] must hold at least one feature');
    expect(() =>
      gramHeatMapFigure({ gram: [1], features: 1, labels: ['a', 'b'] }, options),
    ).toThrow('labels must have 1 values, got 2');
  });
});

/** The symbols of eigenvalues: those with a tooltip. */
const marksOf = (root: Node): Node[] =>
  [...elements(root, 'circle'), ...elements(root, 'path')]
    .filter((mark) => textOf(mark).startsWith('eigenvalue'))
    .toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));

describe('spectrumFigure', () => {
  it('draws eigenvalues at their levels with the symbols of their blocks', () => {
    const root = parseXml(
      spectrumFigure({ eigenvalues: [2, 1, 0], blockOf: [0, 1, null] }, options),
    );
    const marks = marksOf(root);
    expect(marks.map((mark) => textOf(elements(mark, 'title')[0]))).toEqual([
      'eigenvalue 1: 2',
      'eigenvalue 2: 1',
      'eigenvalue 3: 0',
    ]);
    const [first, second, third] = marks;
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
    expect(level).toBeCloseTo(number(marksOf(root)[0], 'cy'), 1);
    const line = withClass(root, 'path', 'ps-rule').find(
      ({ attributes }) => attributes['stroke-width'] === '1.4',
    ) as Node;
    const points = numbersOf(line.attributes.d);
    expect(bottom - points[7]).toBeCloseTo((bottom - points[1]) / 4, 0);
    expect(labels(spectrumFigure(spectrum(), options))).toEqual(
      expect.arrayContaining(['A γ = 2', 'gamma of a block', 'range of b', 'in no block']),
    );
  });

  it('puts zeros on the floor of a log axis and explains them in the legend', () => {
    const svg = spectrumFigure({ ...spectrum(), scale: 'log' }, options);
    expect(labels(svg)).toContain('zero, or below the axis');
    const frame = withClass(parseXml(svg), 'rect', 'ps-line').at(-1) as Node;
    const low = withClass(parseXml(svg), 'path', 'ps-open').at(-1) as Node;
    expect(Math.max(...numbersOf(low.attributes.d).filter((_, i) => i % 2 === 1))).toBeCloseTo(
      number(frame, 'y') + number(frame, 'height'),
      0,
    );
    expect(labels(spectrumFigure(spectrum(), options))).not.toContain('zero, or below the axis');
  });

  it('accepts one eigenvalue, only zeros, and hundreds', () => {
    for (const eigenvalues of [[1], [0, 0], Array.from({ length: 400 }, (_, i) => 400 - i)]) {
      for (const scale of ['linear', 'log'] as const) {
        expect(() => parseXml(spectrumFigure({ eigenvalues, scale }, options))).not.toThrow();
      }
    }
  });

  it('rejects missing, ascending and negative eigenvalues and lists of other lengths', () => {
    const of = (data: object) => () => spectrumFigure({ ...spectrum(), ...data }, options);
    expect(of({ eigenvalues: [] })).toThrow('at least one eigenvalue');
    expect(of({ eigenvalues: [1, 2, 3, 4] })).toThrow('eigenvalues[1]');
    expect(of({ eigenvalues: [1, 1, 1, -1] })).toThrow('eigenvalues[3]');
    expect(of({ eigenvalues: [Number.NaN, 1, 1, 1] })).toThrow(RangeError);
    expect(of({ blockOf: [0] })).toThrow('blockOf must have 4 values, got 1');
    expect(of({ blockOf: [0, 0.5, 1, 1] })).toThrow('blockOf[1]');
    expect(of({ nullModel: { label: 'n', eigenvalues: [1] } })).toThrow('nullModel.eigenvalues');
    expect(of({ gammas: [{ value: -1 }] })).toThrow(
      'gamma: must be finite and not negative, got -1',
    );
  });
});
