import type { PhaseName } from '@polysem/engine/phase';
import { gridAxisSpec, type GridAxis } from './axis.ts';
import { categoryMap } from './category-map.ts';
import { colourScale, type ColourScale, type ColourSpec } from './colour.ts';
import { colourBarWidth, drawColourBar } from './colour-bar.ts';
import { contourLegend, drawContours, type Contour } from './contour-map.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { clipped, layoutPlot, plotFrame, type Box, type Plot, type PlotOptions } from './layout.ts';
import { drawLegend, NO_VALUE, type LegendItem } from './legend.ts';
import { checkPhases, drawPhaseKey, phaseRole } from './named-phases.ts';
import { raster } from './raster.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { label } from './text.ts';

/** A line over a phase diagram, in the units of the axes. */
export interface OverlayLine {
  /** Lines of one label share one style and one legend entry. */
  readonly label: string;
  /** A point that is not finite interrupts the line. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** White on black instead of black on white, to be told from contours. Default false. */
  readonly isLight?: boolean;
}

/** A point of a phase diagram marked by a letter, in the units of the axes. */
export interface OverlayMarker {
  readonly letter: string;
  readonly x: number;
  readonly y: number;
}

/** Values over a grid of two parameters. */
export interface PhaseDiagramData {
  /** The columns, from left to right. */
  readonly x: GridAxis;
  /** The rows, from top to bottom. */
  readonly y: GridAxis;
  /** Rows * columns numbers, row by row; NaN where there is no value. */
  readonly values: ArrayLike<number>;
  readonly colour: ColourSpec;
  /**
   * Rows * columns named phases; null where there is none. Where they are given, cells are coloured
   * by phase instead of by value, and a key with the area of each takes the place of the colour bar.
   */
  readonly phases?: readonly (PhaseName | null)[];
  /** Contour lines of the values (or of what `colour.label` names), labelled by their levels. */
  readonly contours?: readonly Contour[];
  readonly lines?: readonly OverlayLine[];
  /** Those outside of the axes are not drawn. */
  readonly markers?: readonly OverlayMarker[];
}

/** Pixels between a plot's axis and the key of its phases. */
const KEY_GAP = 14;

/**
 * A phase diagram: values on a grid as colours, with theoretical boundaries and marked points over
 * it. Cells are centred on their values, so that the axes reach half a cell beyond them.
 *
 * @throws RangeError if values or phases do not fill the grid, a grid is not even on its scale,
 * or a phase is none of the named ones.
 */
export function phaseDiagramFigure(data: PhaseDiagramData, options: FigureOptions): string {
  const scale = colourScale(data.colour, data.values);
  return figureDocument(options, {
    width: 620,
    height: 500,
    description: describeDiagram(data),
    draw: (box) => {
      const legend = drawLegend(diagramLegend([data]), box.x, box.y, box.width);
      const inner = {
        ...box,
        y: box.y + legend.height,
        height: box.height - legend.height,
      };
      if (data.phases !== undefined) return fragment(legend.markup, drawNamed(data, scale, inner));
      const bar = colourBarWidth(scale, inner.height - 60);
      const { plot, markup } = drawDiagram(data, scale, inner, { right: 22 + bar });
      const { area } = plot;
      return fragment(
        legend.markup,
        markup,
        drawColourBar(scale, area.x + area.width + 22, area.y, area.height),
      );
    },
  });
}

/** A diagram of named phases, its key below the plot. */
function drawNamed(data: PhaseDiagramData, scale: ColourScale, box: Box): Markup {
  const { phases = [], x, y } = data;
  const trial = layoutPlot(box, gridAxisSpec(x), gridAxisSpec(y)).area;
  const key = drawPhaseKey(phases, { ...trial, y: 0 }).height + KEY_GAP;
  const { plot, markup } = drawDiagram(data, scale, { ...box, height: box.height - key }, {});
  const below = { ...plot.area, y: box.y + box.height - key + KEY_GAP };
  return fragment(markup, drawPhaseKey(phases, below).markup);
}

/** What a phase diagram shows, in words. */
export function describeDiagram({ x, y, colour, phases }: PhaseDiagramData): string {
  const shown = phases === undefined ? colour.label : `the named phases of ${colour.label}`;
  return `Phase diagram of ${shown} over ${x.label} and ${y.label}`;
}

/** One diagram with its axes, without a colour bar, inside a box. */
export function drawDiagram(
  data: PhaseDiagramData,
  scale: ColourScale,
  box: Box,
  options: PlotOptions,
): { plot: Plot; markup: Markup } {
  const plot = layoutPlot(box, gridAxisSpec(data.x), gridAxisSpec(data.y), options);
  const { area } = plot;
  const [rows, columns] = [data.y.values.length, data.x.values.length];
  const { phases } = data;
  if (phases !== undefined) checkPhases(phases, rows * columns);
  const picture =
    phases === undefined
      ? raster(data.values, rows, columns, scale, area)
      : categoryMap(rows, columns, (row, column) => roleOf(phases[row * columns + column]), area);
  const styles = lineStyles([data]);
  const lines = (data.lines ?? []).map(({ label: name, points }) =>
    haloed(
      polyline(points.map(([x, y]) => [plot.x.position(x), plot.y.position(y)] as const)),
      styles.get(name) ?? {},
    ),
  );
  const inside = (x: number, y: number): boolean =>
    x >= area.x && x <= area.x + area.width && y >= area.y && y <= area.y + area.height;
  const radius = Math.min(8.5, Math.max(6, area.width / 42));
  const marked = (data.markers ?? [])
    .map(({ letter, x, y }) => ({ letter, x: plot.x.position(x), y: plot.y.position(y) }))
    .filter(({ x, y }) => inside(x, y));
  const contours = drawContours(
    data.contours ?? [],
    rows,
    columns,
    area,
    marked.map(({ x, y }) => ({
      x: x - radius,
      y: y - radius,
      width: 2 * radius,
      height: 2 * radius,
    })),
  );
  const markers = marked.map(({ letter, x, y }) => markerAt(letter, x, y, radius));
  const over = clipped(area, ...lines, contours);
  return { plot, markup: fragment(picture, over, plotFrame(area), plot.axes, markers) };
}

function roleOf(phase: PhaseName | null): string | undefined {
  return phase === null ? undefined : phaseRole(phase);
}

/** The legend of the lines and contours of some diagrams, and of the hatching where values are missing. */
export function diagramLegend(diagrams: readonly PhaseDiagramData[]): LegendItem[] {
  const items: LegendItem[] = [...lineStyles(diagrams)].map(([name, style]) => ({
    label: name,
    width: 26,
    sample: (x, y) => haloed(polyline([[x - 13, y] as const, [x + 13, y] as const]), style),
  }));
  items.push(...contourLegend(diagrams.map((each) => [each.colour.label, each.contours ?? []])));
  const missing = diagrams.some(({ values, phases }) =>
    phases === undefined ? Array.from(values).some(Number.isNaN) : phases.includes(null),
  );
  if (missing) items.push(NO_VALUE);
  return items;
}

const DASHES = [undefined, '7 4', '2 3.5', '9 3 2 3'];

interface LineStyle {
  readonly dash?: string | undefined;
  readonly isLight?: boolean | undefined;
}

function lineStyles(diagrams: readonly PhaseDiagramData[]): Map<string, LineStyle> {
  const styles = new Map<string, LineStyle>();
  for (const { lines = [] } of diagrams) {
    for (const { label: name, isLight } of lines) {
      if (!styles.has(name))
        styles.set(name, { dash: DASHES[styles.size % DASHES.length], isLight });
    }
  }
  return styles;
}

// Black on white, or white on black: readable on every colour of either map, so it needs no theme.
function haloed(d: string, { dash, isLight }: LineStyle): Markup {
  if (d === '') return fragment();
  const common = { d, fill: 'none', 'stroke-linejoin': 'round' };
  const [line, halo] = isLight === true ? ['#fff', '#111'] : ['#111', '#fff'];
  return fragment(
    element('path', { ...common, stroke: halo, 'stroke-width': 4.5, 'stroke-opacity': 0.9 }),
    element('path', { ...common, stroke: line, 'stroke-width': 1.8, 'stroke-dasharray': dash }),
  );
}

function markerAt(letter: string, x: number, y: number, r: number): Markup {
  return fragment(
    element('circle', {
      cx: x,
      cy: y,
      r,
      fill: '#fff',
      stroke: '#111',
      'stroke-width': 1.3,
    }),
    element(
      'g',
      { fill: '#111' },
      label(x, y + r * 0.47, [...letter].slice(0, 2).join(''), {
        size: r * 1.3,
        anchor: 'middle',
        bold: true,
        role: '',
      }),
    ),
  );
}
