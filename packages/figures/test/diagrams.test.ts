import { describe, expect, it } from 'vitest';
import { mapColour } from '../src/theme/colour.ts';
import {
  phaseDiagramFigure,
  phaseDiagramPanelsFigure,
  type PhaseDiagramPanel,
} from '../src/index.ts';
import { decodePngUri } from './png.ts';
import { diagram, PROVENANCE } from './samples.ts';
import { elements, labels, parseXml, textOf } from './xml.ts';

const options = { provenance: PROVENANCE };

describe('phaseDiagramFigure', () => {
  it('has one pixel per cell in the colours of the map, with the first row at the top', () => {
    const [picture] = elements(parseXml(phaseDiagramFigure(diagram(), options)), 'image');
    const image = decodePngUri(picture.attributes.href);
    expect([image.width, image.height]).toEqual([5, 3]);
    expect(picture.attributes.style).toContain('pixelated');
    expect(picture.attributes.preserveAspectRatio).toBe('none');
    for (const [x, y] of [
      [0, 0],
      [4, 0],
      [2, 1],
      [4, 2],
    ]) {
      expect(image.pixel(x, y)).toEqual([...mapColour('viridis', (y * 5 + x) / 14), 255]);
    }
  });

  it('names the values of an axis that is not evenly spaced', () => {
    const names = ['relu', 'gelu', 'abs', 'sin', 'tanh'];
    const x = { label: 'activation', scale: 'linear', values: [1, 2, 9, 10, 30], names } as const;
    const root = parseXml(phaseDiagramFigure({ ...diagram(), x }, options));
    expect(elements(root, 'text').map(textOf)).toEqual(expect.arrayContaining(names));
    expect(() => phaseDiagramFigure({ ...diagram(), x: { ...x, names: ['a'] } }, options)).toThrow(
      'needs one name per value, got 1 for 5',
    );
  });

  it('puts markers and lines over the centres of their cells', () => {
    const root = parseXml(phaseDiagramFigure(diagram(), options));
    const [picture] = elements(root, 'image');
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((key) =>
      Number(picture.attributes[key]),
    );
    const [marker] = elements(root, 'circle');
    expect(Number(marker.attributes.cx)).toBeCloseTo(x + width / 2, 1);
    expect(Number(marker.attributes.cy)).toBeCloseTo(y + height / 2, 1);
    const line = elements(root, 'svg')
      .slice(1)
      .flatMap((clip) => elements(clip, 'path'))[0];
    const [x0, y0, x1, y1] = (line.attributes.d.match(/[-\d.]+/g) ?? []).map(Number);
    expect(x0).toBeCloseTo(x + width * 0.1, 1);
    expect(y0).toBeCloseTo(y + height / 6, 1);
    expect(x1).toBeCloseTo(x + width * 0.9, 1);
    expect(y1).toBeCloseTo(y + (height * 5) / 6, 1);
  });

  it('has only whole numbers on an axis of counts, and light lines that differ from contours', () => {
    const x = { label: 'dimensions', scale: 'linear', values: [1, 2], isWhole: true } as const;
    const jump = { label: 'jump', points: [[1.5, 0.1] as const, [1.5, 1] as const], isLight: true };
    const values = [0, 1, 0, 1, 0, 1];
    const svg = phaseDiagramFigure(
      { ...diagram(), x, values, markers: [], lines: [jump] },
      options,
    );
    const named = labels(svg);
    expect([named.includes('1'), named.includes('2')]).toEqual([true, true]);
    expect(named.some((text) => /^\d\.\d/.test(text) && Number(text) > 1)).toBe(false);
    const strokes = elements(parseXml(svg), 'svg')
      .slice(1)
      .flatMap((clip) => elements(clip, 'path'))
      .map((path) => path.attributes.stroke);
    expect(strokes).toEqual(['#111', '#fff']);
  });

  it('hatches missing cells and explains them in the legend', () => {
    const values = Float64Array.from(diagram().values);
    values[7] = Number.NaN;
    const svg = phaseDiagramFigure({ ...diagram(), values }, options);
    const image = decodePngUri(elements(parseXml(svg), 'image')[0].attributes.href);
    expect(image.pixel(2, 1)[3]).toBe(0);
    expect(image.pixel(1, 1)[3]).toBe(255);
    // One in the plot, one in the legend.
    expect(svg.split('class="ps-hatch"')).toHaveLength(3);
    expect(labels(svg)).toContain('no value');
    expect(labels(phaseDiagramFigure(diagram(), options))).not.toContain('no value');
  });

  it('draws a diagram without any value', () => {
    const values = new Float64Array(15).fill(Number.NaN);
    const colour = { map: 'diverging', label: 'd' } as const;
    expect(() =>
      parseXml(phaseDiagramFigure({ ...diagram(), values, colour }, options)),
    ).not.toThrow();
  });

  it('leaves out markers beyond the axes and accepts lines that leave a log axis', () => {
    const svg = phaseDiagramFigure(
      {
        ...diagram(),
        markers: [{ letter: 'Z', x: 1e6, y: 0.1 }],
        lines: [
          {
            label: 'l',
            points: [
              [0, 1],
              [1, Number.NaN],
              [1, 1],
              [1e9, 0.1],
            ],
          },
        ],
      },
      options,
    );
    expect(labels(svg)).not.toContain('Z');
    expect(() => parseXml(svg)).not.toThrow();
  });

  it('points the ends of the colour bar if values lie beyond them', () => {
    const pointed = (domain: [number, number]) =>
      elements(
        parseXml(
          phaseDiagramFigure(
            { ...diagram(), colour: { map: 'viridis', label: 'C', domain } },
            options,
          ),
        ),
        'polygon',
      ).length;
    expect(pointed([0, 1])).toBe(0);
    expect(pointed([0, 0.5])).toBe(1);
    expect(pointed([0.2, 0.5])).toBe(2);
  });

  it('rejects values that do not fill the grid', () => {
    expect(() => phaseDiagramFigure({ ...diagram(), values: [1, 2] }, options)).toThrow(
      '3 rows of 5',
    );
  });
});

describe('phaseDiagramPanelsFigure', () => {
  const difference = {
    ...diagram(),
    colour: { map: 'diverging', label: 'difference' } as const,
    title: 'difference',
  };
  const panels = [
    { ...diagram(), title: 'analytic' },
    { ...diagram(), title: 'trained' },
    difference,
  ];

  it('draws one colour bar for neighbours with the same colours', () => {
    const bars = (all: readonly PhaseDiagramPanel[]) =>
      elements(parseXml(phaseDiagramPanelsFigure(all, options)), 'image').length - all.length;
    expect(bars(panels)).toBe(2);
    expect(bars(panels.slice(0, 2))).toBe(1);
    expect(bars([panels[0], difference, panels[1]])).toBe(3);
    const other = { ...panels[1], colour: { map: 'viridis', label: 'another number' } as const };
    expect(bars([panels[0], other])).toBe(2);
  });

  it('draws equally wide plots with their titles', () => {
    const root = parseXml(phaseDiagramPanelsFigure(panels, options));
    const plots = elements(root, 'image').slice(0, 3);
    const widths = plots.map((plot) => Number(plot.attributes.width));
    expect(Math.max(...widths) - Math.min(...widths)).toBeLessThan(0.02);
    for (const { title } of panels) {
      expect(elements(root, 'text').map(textOf)).toContain(title);
    }
    expect(elements(root, 'text').filter((t) => textOf(t) === 'C p')).toHaveLength(1);
  });

  it('rejects an empty list of panels', () => {
    expect(() => phaseDiagramPanelsFigure([], options)).toThrow('at least one panel');
  });
});
