import { gridAxisSpec, type GridAxis } from './axis.ts';
import { colourScale, type ColourScale, type ColourSpec } from './colour.ts';
import { colourBarWidth, drawColourBar } from './colour-bar.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { clipped, layoutPlot, plotFrame, type Box, type Plot, type PlotOptions } from './layout.ts';
import { drawLegend, NO_VALUE, type LegendItem } from './legend.ts';
import { raster } from './raster.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { label } from './text.ts';

/** A line over a phase diagram, in the units of the axes. */
export interface OverlayLine {
  /** Lines of one label share one style and one legend entry. */
  readonly label: string;
  /** A point that is not finite interrupts the line. */
  readonly points: readonly (readonly [x: number, y: number])[];
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
  readonly lines?: readonly OverlayLine[];
  /** Those outside of the axes are not drawn. */
  readonly markers?: readonly OverlayMarker[];
}

/**
 * A phase diagram: values on a grid as colours, with theoretical boundaries and marked points over
 * it. Cells are centred on their values, so that the axes reach half a cell beyond them.
 *
 * @throws RangeError if the values do not fill the grid, or a grid is not even on its scale.
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

/** What a phase diagram shows, in words. */
export function describeDiagram({ x, y, colour }: PhaseDiagramData): string {
  return `Phase diagram of ${colour.label} over ${x.label} and ${y.label}`;
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
  const picture = raster(data.values, data.y.values.length, data.x.values.length, scale, area);
  const styles = lineStyles([data]);
  const lines = (data.lines ?? []).map(({ label: name, points }) =>
    haloed(
      polyline(points.map(([x, y]) => [plot.x.position(x), plot.y.position(y)] as const)),
      styles.get(name),
    ),
  );
  const inside = (x: number, y: number): boolean =>
    x >= area.x && x <= area.x + area.width && y >= area.y && y <= area.y + area.height;
  const radius = Math.min(8.5, Math.max(6, area.width / 42));
  const markers = (data.markers ?? []).flatMap(({ letter, x, y }) => {
    const [px, py] = [plot.x.position(x), plot.y.position(y)];
    return inside(px, py) ? [markerAt(letter, px, py, radius)] : [];
  });
  return {
    plot,
    markup: fragment(picture, clipped(area, ...lines), plotFrame(area), plot.axes, markers),
  };
}

/** The legend of the lines of some diagrams, and of the hatching where values are missing. */
export function diagramLegend(diagrams: readonly PhaseDiagramData[]): LegendItem[] {
  const items: LegendItem[] = [...lineStyles(diagrams)].map(([name, dash]) => ({
    label: name,
    width: 26,
    sample: (x, y) => haloed(polyline([[x - 13, y] as const, [x + 13, y] as const]), dash),
  }));
  const missing = diagrams.some(({ values }) => Array.from(values).some(Number.isNaN));
  if (missing) items.push(NO_VALUE);
  return items;
}

const DASHES = [undefined, '7 4', '2 3.5', '9 3 2 3'];

function lineStyles(diagrams: readonly PhaseDiagramData[]): Map<string, string | undefined> {
  const styles = new Map<string, string | undefined>();
  for (const { lines = [] } of diagrams) {
    for (const line of lines) {
      if (!styles.has(line.label)) styles.set(line.label, DASHES[styles.size % DASHES.length]);
    }
  }
  return styles;
}

// Black on white: readable on every colour of either map, so it needs no theme.
function haloed(d: string, dash: string | undefined): Markup {
  if (d === '') return fragment();
  const common = { d, fill: 'none', 'stroke-linejoin': 'round' };
  return fragment(
    element('path', { ...common, stroke: '#fff', 'stroke-width': 4.5, 'stroke-opacity': 0.9 }),
    element('path', { ...common, stroke: '#111', 'stroke-width': 1.8, 'stroke-dasharray': dash }),
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
