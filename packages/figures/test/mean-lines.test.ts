import { describe, expect, it } from 'vitest';
import { meanLinesFigure, type MeanLinesData, type MeanPoint } from '../src/index.ts';
import { PROVENANCE } from './samples.ts';
import { elements, parseXml, textOf } from './xml.ts';

const options = { provenance: PROVENANCE };

const point = (x: number, mean: number, error: number | null = 0.5): MeanPoint => ({
  x,
  mean,
  error,
  each: error === null ? [mean] : [mean - error, mean + error],
});

function data(more: Partial<MeanLinesData> = {}): MeanLinesData {
  const points = [point(1, 2), point(2, 3), point(3, NaN, null), point(4, 5)];
  return {
    x: { label: 'x', scale: 'linear' },
    y: { label: 'loss', scale: 'linear' },
    panels: [{ title: '', series: [{ name: '', points }] }],
    ...more,
  };
}

const draw = (more?: Partial<MeanLinesData>) => parseXml(meanLinesFigure(data(more), options));
const titles = (more?: Partial<MeanLinesData>) => elements(draw(more), 'title').map(textOf);

describe('meanLinesFigure', () => {
  it('draws each mean with its error, without those that are not finite', () => {
    expect(titles()).toEqual(['2 ± 0.5 at 1', '3 ± 0.5 at 2', '5 ± 0.5 at 4']);
  });

  it('draws bars as long as two standard errors', () => {
    const bar = elements(draw(), 'path').find(
      ({ attributes }) => attributes['stroke-width'] === '1.3',
    );
    const [, from, , to] = (
      /^M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)/.exec(bar?.attributes.d ?? '') ?? []
    )
      .slice(1)
      .map(Number);
    const places = elements(draw(), 'circle')
      .filter(({ attributes }) => attributes.class === 'ps-b0')
      .map(({ attributes }) => Number(attributes.cy));
    // Means 2 and 3 are one unit apart, as are the ends of a bar.
    expect(from - to).toBeCloseTo(places[0] - places[1], 0);
  });

  it('draws a band around a series of many points', () => {
    const many = Array.from({ length: 130 }, (_, i) => point(i + 1, i));
    const root = draw({ panels: [{ title: '', series: [{ name: '', points: many }] }] });
    const bands = elements(root, 'path').filter(({ attributes }) => attributes.opacity === '0.25');
    expect(bands.map(({ attributes }) => attributes.class)).toEqual(['ps-b0']);
    expect(elements(root, 'title')).toEqual([]);
  });

  it('names values that are not numbers, and joins them by no line', () => {
    const named = { label: 'activation', scale: 'linear', names: ['relu', 'gelu'] } as const;
    const panels = [{ title: '', series: [{ name: '', points: [point(0, 1), point(1, 2)] }] }];
    const root = draw({ x: named, panels });
    expect(elements(root, 'text').map(textOf)).toEqual(expect.arrayContaining(['relu', 'gelu']));
    expect(titles({ x: named, panels })).toEqual(['1 ± 0.5 at relu', '2 ± 0.5 at gelu']);
    const joining = elements(root, 'path').filter(
      ({ attributes }) => attributes['stroke-width'] === '1.6',
    );
    expect(joining).toEqual([]);
  });

  it('rejects data without a place on its axes', () => {
    const panels = [{ title: '', series: [{ name: '', points: [point(1, -1, null)] }] }];
    expect(() => draw({ panels, y: { label: 'loss', scale: 'log' } })).toThrow(
      'needs at least one point',
    );
    expect(() => draw({ panels: [{ title: '', series: [] }] })).toThrow('needs at least one point');
  });
});
