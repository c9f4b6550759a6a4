import type { PhaseName } from '@polysem/engine/phase';
import { categoryMap } from '../marks/category-map.ts';
import { clip } from '../marks/clip.ts';
import { contourLegend, contourMap, type Contour } from '../marks/contours.ts';
import { frame } from '../marks/frame.ts';
import { heatMap } from '../marks/heat-map.ts';
import { letterMark } from '../marks/letter-mark.ts';
import { NO_VALUE, type LegendItem } from '../marks/legend.ts';
import { haloedLine } from '../marks/line.ts';
import { checkPhases, phaseRole } from '../marks/phase-key.ts';
import { gridAxisSpec, type GridAxis } from '../plot/axis.ts';
import type { Box } from '../plot/box.ts';
import { drawMarks, layoutPlot, type Mark, type Plot, type PlotOptions } from '../plot/plot.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import type { ColourScale, ColourSpec } from '../theme/colour.ts';

/** A line over a phase diagram, in the units of the axes. */
export interface OverlayLine {
  /** Lines with the same label share one style and one legend entry. */
  readonly label: string;
  /** A point that is not finite interrupts the line. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** White on black instead of black on white, to distinguish it from contours. Default false. */
  readonly isLight?: boolean;
}

/** A point of a phase diagram marked by a letter, in the units of the axes. */
export interface OverlayMarker {
  /** One or two characters. */
  readonly letter: string;
  readonly x: number;
  readonly y: number;
}

/** Data of `phaseDiagramFigure`: values on a grid of two parameters. */
export interface PhaseDiagramData {
  /** The columns, from left to right. */
  readonly x: GridAxis;
  /** The rows, from top to bottom. */
  readonly y: GridAxis;
  /** rows * columns numbers, row by row; NaN for a missing value. */
  readonly values: ArrayLike<number>;
  readonly colour: ColourSpec;
  /**
   * rows * columns named phases, row by row; null for a missing value. If given, cells are coloured by phase instead of
   * by value, and a key with the area of each phase replaces the colour bar.
   */
  readonly phases?: readonly (PhaseName | null)[];
  /** Contour lines of the quantity that `colour.label` names, labelled with their levels. */
  readonly contours?: readonly Contour[];
  readonly lines?: readonly OverlayLine[];
  /** Markers outside the axes are not drawn. */
  readonly markers?: readonly OverlayMarker[];
}

/** Describes a phase diagram in words. */
export function describeDiagram({ x, y, colour, phases }: PhaseDiagramData): string {
  const shown = phases === undefined ? colour.label : `the named phases of ${colour.label}`;
  return `Phase diagram of ${shown} over ${x.label} and ${y.label}`;
}

/** A drawn diagram with the rectangle between its axes. */
export interface DrawnDiagram {
  readonly area: Box;
  readonly markup: Markup;
}

/** Draws one diagram with its axes, without a colour bar. */
export function drawDiagram(
  data: PhaseDiagramData,
  scale: ColourScale,
  box: Box,
  options: PlotOptions,
): DrawnDiagram {
  const plot = layoutPlot(box, gridAxisSpec(data.x), gridAxisSpec(data.y), options);
  const { area } = plot;
  const [rows, columns] = [data.y.values.length, data.x.values.length];
  const styles = lineStyles([data]);
  const lines = (data.lines ?? []).map(({ label, points }) =>
    boundaryLine(points, styles.get(label) ?? {}),
  );
  const radius = Math.min(8.5, Math.max(6, area.width / 42));
  const markers = (data.markers ?? []).filter(({ x, y }) => isInside(plot, x, y));
  const avoid = markers.map(({ x, y }) => ({
    x: plot.x.position(x) - radius,
    y: plot.y.position(y) - radius,
    width: 2 * radius,
    height: 2 * radius,
  }));
  const markup = fragment(
    drawMarks(
      plot,
      cells(data, scale),
      clip(lines, contourMap(data.contours ?? [], { rows, columns }, avoid)),
      frame(),
    ),
    plot.axes,
    drawMarks(
      plot,
      markers.map(({ letter, x, y }) => letterMark(letter, [x, y], radius)),
    ),
  );
  return { area, markup };
}

/** The cells of a diagram, coloured by value or by phase. */
function cells({ x, y, values, phases }: PhaseDiagramData, scale: ColourScale): Mark {
  const [rows, columns] = [y.values.length, x.values.length];
  if (phases === undefined) return heatMap({ rows, columns, values }, scale);
  checkPhases(phases, rows * columns);
  const roleAt = (row: number, column: number): string | undefined => {
    const phase = phases[row * columns + column];
    return phase === null ? undefined : phaseRole(phase);
  };
  return categoryMap({ rows, columns, roleAt });
}

function isInside({ area, x, y }: Plot, a: number, b: number): boolean {
  const [px, py] = [x.position(a), y.position(b)];
  return px >= area.x && px <= area.x + area.width && py >= area.y && py <= area.y + area.height;
}

/** The legend of the lines and contours of some diagrams, and of missing values. */
export function diagramLegend(diagrams: readonly PhaseDiagramData[]): LegendItem[] {
  const across = [
    [-1, 0],
    [1, 0],
  ] as const;
  const items: LegendItem[] = [...lineStyles(diagrams)].map(([label, style]) => ({
    label,
    width: 26,
    sample: boundaryLine(across, style),
  }));
  items.push(...contourLegend(diagrams.map((each) => [each.colour.label, each.contours ?? []])));
  const isMissing = diagrams.some(({ values, phases }) =>
    phases === undefined ? Array.from(values).some(Number.isNaN) : phases.includes(null),
  );
  if (isMissing) items.push(NO_VALUE);
  return items;
}

const DASHES = [undefined, '7 4', '2 3.5', '9 3 2 3'];

interface BoundaryStyle {
  readonly dash?: string | undefined;
  readonly isLight?: boolean | undefined;
}

/** The style of each label of a line, in the order of first occurrence. */
function lineStyles(diagrams: readonly PhaseDiagramData[]): Map<string, BoundaryStyle> {
  const styles = new Map<string, BoundaryStyle>();
  for (const { label, isLight } of diagrams.flatMap(({ lines = [] }) => lines)) {
    if (!styles.has(label))
      styles.set(label, { dash: DASHES[styles.size % DASHES.length], isLight });
  }
  return styles;
}

/** Black on white or white on black: readable on every colour of either map, so it does not follow the theme. */
function boundaryLine(
  points: readonly (readonly [number, number])[],
  { dash, isLight = false }: BoundaryStyle,
): Mark {
  const [stroke, haloStroke] = isLight ? ['#fff', '#111'] : ['#111', '#fff'];
  return haloedLine(points, { stroke, width: 1.8, dash, halo: 2.7, haloStroke, haloOpacity: 0.9 });
}
