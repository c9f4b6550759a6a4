import { contourLines, phaseAreas } from '@polysem/engine/phase';
import { describe, expect, it } from 'vitest';
import {
  phaseDiagramFigure,
  phaseDiagramPanelsFigure,
  type PhaseDiagramData,
} from '../src/index.ts';
import { diagram, namedDiagram, PROVENANCE } from './samples.ts';
import { elements, labels, parseXml, type Node } from './xml.ts';

const options = { provenance: PROVENANCE };
const withClass = (root: Node, role: string): Node[] =>
  elements(root, 'path').filter(({ attributes }) => attributes.class === role);

/** The cells that the runs of a path cover, as [column, row] of a grid over a box. */
function cellsOf(path: Node, box: Node, columns: number, rows: number): string[] {
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((k) => Number(box.attributes[k]));
  return [...path.attributes.d.matchAll(/M([\d.]+) ([\d.]+)h([\d.]+)v/g)].flatMap((run) => {
    const [left, top, length] = run.slice(1).map(Number);
    const first = Math.round(((left - x) / width) * columns);
    return Array.from({ length: Math.round((length / width) * columns) }, (_, i) =>
      [first + i, Math.round(((top - y) / height) * rows)].join(),
    );
  });
}

describe('named phases', () => {
  it('fills each cell with the class of its phase', () => {
    const data = namedDiagram();
    const root = parseXml(phaseDiagramFigure(data, options));
    const frame = elements(root, 'rect').find((r) => r.attributes.class === 'ps-line') as Node;
    for (const phase of ['ignored', 'partial', 'plateau', 'full'] as const) {
      const [area] = withClass(root, `ps-${phase}`);
      const expected = data.phases?.flatMap((name, i) =>
        name === phase ? [`${i % 5},${Math.floor(i / 5)}`] : [],
      );
      expect(cellsOf(area, frame, 5, 3)).toEqual(expected);
    }
  });

  it('shows the area of each phase that occurs', () => {
    const areas = phaseAreas(diagram().values);
    const shown = labels(phaseDiagramFigure(namedDiagram(), options));
    for (const [phase, name] of [
      ['ignored', 'ignored'],
      ['partial', 'partial'],
      ['plateau', 'plateau at 1/2'],
      ['full', 'full'],
    ] as const) {
      expect(shown).toContain(`${name} ${Number((areas[phase] * 100).toPrecision(2))} %`);
    }
    const phases = Array.from({ length: 15 }, () => 'full' as const);
    const all = labels(phaseDiagramFigure({ ...diagram(), phases }, options));
    expect(all).toContain('full 100 %');
    expect(all.some((line) => line.startsWith('ignored'))).toBe(false);
  });

  it('hatches cells without a phase and leaves them out of the areas', () => {
    const phases = Array.from({ length: 15 }, (_, i) => (i < 5 ? null : ('partial' as const)));
    const shown = labels(phaseDiagramFigure({ ...diagram(), phases }, options));
    expect(shown).toEqual(expect.arrayContaining(['no value', 'partial 100 %']));
    const none = phases.map(() => null);
    expect(() =>
      parseXml(phaseDiagramFigure({ ...diagram(), phases: none }, options)),
    ).not.toThrow();
  });

  it('separates colour bars of panels on both sides', () => {
    const named = { ...namedDiagram(), title: 'n' };
    const plain = { ...diagram(), title: 'v' };
    const bars = (panels: (PhaseDiagramData & { title: string })[]) =>
      elements(parseXml(phaseDiagramPanelsFigure(panels, options)), 'image').length;
    expect(bars([named, named])).toBe(0);
    expect(bars([plain, named])).toBe(2);
    expect(bars([plain, named, plain])).toBe(4);
  });

  it('rejects phases that do not fill the grid and unknown phases', () => {
    expect(() => phaseDiagramFigure({ ...diagram(), phases: ['full'] }, options)).toThrow(
      'phases must have one entry for each of 15 cells, got 1',
    );
    const phases = Array.from({ length: 15 }, () => 'half' as 'full');
    expect(() => phaseDiagramFigure({ ...diagram(), phases }, options)).toThrow(
      /phases\[0\] must be ignored, .* got half/,
    );
  });
});

describe('contours', () => {
  const slope = {
    x: { label: 'x', scale: 'linear' as const, values: [0, 1, 2, 3, 4] },
    y: { label: 'y', scale: 'linear' as const, values: [0, 1, 2] },
    values: Float64Array.from({ length: 15 }, (_, i) => (i % 5) / 4),
    colour: { map: 'viridis' as const, label: 'C' },
  };
  const contour = (level: number, isNamed: boolean) => ({
    level,
    isNamed,
    lines: contourLines(slope.values, 3, 5, level),
  });

  it('runs where the values pass the level and is labelled there', () => {
    const svg = phaseDiagramFigure({ ...slope, contours: [contour(0.3125, true)] }, options);
    const root = parseXml(svg);
    const [picture] = elements(root, 'image');
    const [x, width] = ['x', 'width'].map((key) => Number(picture.attributes[key]));
    // 0.3125 lies 1.25 cells beyond the centre of the first.
    const at = x + (width * 1.75) / 5;
    const line = elements(root, 'svg')
      .slice(1)
      .flatMap((clip) => elements(clip, 'path'))[0];
    const numbers = (line.attributes.d.match(/[-\d.]+/g) ?? []).map(Number);
    for (let i = 0; i < numbers.length; i += 2) expect(numbers[i]).toBeCloseTo(at, 1);
    const name = elements(root, 'text').find((t) => t.children[0].text === '0.3125') as Node;
    expect(Number(name.attributes.x)).toBeCloseTo(at, 1);
    expect(labels(svg)).toContain('C = 0.3125');
  });

  it('draws named levels thicker and above the others', () => {
    const contours = [contour(0.5, true), contour(0.3, false), contour(0.7, false)];
    const root = parseXml(phaseDiagramFigure({ ...slope, contours }, options));
    const drawn = elements(root, 'svg')
      .slice(1)
      .flatMap((clip) => elements(clip, 'path'));
    const widths = drawn
      .filter(({ attributes }) => attributes.stroke === '#111')
      .map(({ attributes }) => Number(attributes['stroke-width']));
    expect(widths).toHaveLength(3);
    expect(widths[2]).toBeGreaterThan(2 * widths[0]);
  });

  it('leaves out labels that would cover another or leave the plot', () => {
    const contours = [0.5, 0.501, 0.502, 0.503, 0.504, 0.505].map((level) => contour(level, false));
    const crowd = { ...slope, contours: Array.from({ length: 5 }, () => contours).flat() };
    const svg = phaseDiagramFigure(crowd, options);
    // Ticks have another size.
    const names = elements(parseXml(svg), 'text').filter(
      ({ attributes }) => attributes['font-size'] === '9.5',
    );
    const levels = names.map((t) => Number(t.attributes.y)).toSorted((a, b) => a - b);
    expect(levels.length).toBeGreaterThan(3);
    for (let i = 1; i < levels.length; i++) {
      expect(levels[i] - levels[i - 1]).toBeGreaterThanOrEqual(9.5);
    }
  });

  it('rejects points that are not finite', () => {
    const contours = [{ level: 0.5, lines: [[[0, Number.NaN] as const]] }];
    expect(() => phaseDiagramFigure({ ...slope, contours }, options)).toThrow('contour 0.5');
  });
});
