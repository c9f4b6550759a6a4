import { describe, expect, it } from 'vitest';
import { scalingFigure } from '../src/index.ts';
import { PROVENANCE, scaling } from './samples.ts';
import { elements, parseXml, textOf } from './xml.ts';

const options = { provenance: PROVENANCE };

describe('scalingFigure', () => {
  it('draws powers as straight lines, and proportional lines through their ends', () => {
    const root = parseXml(scalingFigure(scaling(), options));
    const discs = (role: string): number[][] =>
      elements(root, 'circle')
        .filter(({ attributes }) => attributes.class === role)
        .slice(1)
        .map(({ attributes }) => [Number(attributes.cx), Number(attributes.cy)]);
    const rise = ([a, b]: number[], [c, d]: number[]): number => (b - d) / (c - a);
    const [linear, squared] = [discs('ps-b0'), discs('ps-b1')];
    const slopes = [linear, squared].flatMap(([a, b, c]) => [rise(a, b), rise(b, c)]);
    expect(slopes[1]).toBeCloseTo(slopes[0], 2);
    expect(slopes[2] / slopes[0]).toBeCloseTo(2, 2);
    const dotted = elements(root, 'path').filter(
      ({ attributes }) => attributes['stroke-dasharray'] === '1.5 3',
    );
    // The first is the legend's.
    for (const { attributes } of dotted.slice(1)) {
      const [x0, y0, x1, y1] = (attributes.d.match(/-?[\d.]+/g) ?? []).map(Number);
      expect(rise([x0, y0], [x1, y1])).toBeCloseTo(slopes[0], 2);
    }
    expect(dotted).toHaveLength(3);
    expect(elements(root, 'title').map(textOf)).toContain('N: 25 at 100');
  });

  it('rejects missing points and points without a place on a log scale', () => {
    const data = scaling();
    const wrong = (points: [number, number][]) => () =>
      scalingFigure({ ...data, series: [{ name: 'a', points }] }, options);
    expect(wrong([])).toThrow('at least one point');
    expect(wrong([[0, 1]])).toThrow('got point 0 = (0, 1)');
    expect(
      wrong([
        [2, 1],
        [1, 1],
      ]),
    ).toThrow('got point 1 = (1, 1)');
  });
});
