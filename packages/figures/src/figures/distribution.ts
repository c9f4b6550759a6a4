import { band } from '../marks/band.ts';
import { label } from '../marks/label.ts';
import { rect } from '../marks/rect.ts';
import { frame } from '../marks/frame.ts';
import { gridY } from '../marks/grid.ts';
import { lineItem, underLegend, type LegendItem } from '../marks/legend.ts';
import { line, type LineStyle } from '../marks/line.ts';
import type { AxisSpec } from '../plot/axis.ts';
import type { Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { drawMarks, layoutPlot, type Mark } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup, type Point } from '../svg/svg.ts';
import { seriesStyle } from '../theme/series-style.ts';

/** The frequencies of one series. */
export interface DistributionSeries {
  readonly name: string;
  /** Fraction of all features in each bin. */
  readonly shares: ArrayLike<number>;
  /** A baseline, drawn as a line without a filled area. Default false. */
  readonly isReference?: boolean;
  /** Number of its colour and dashes, to look the same in several figures. Default: its place in the list. */
  readonly style?: number;
}

/** Data of `distributionFigure`: distributions of one quantity per feature, over common bins. */
export interface DistributionData {
  /** The quantity. */
  readonly label: string;
  readonly scale: 'linear' | 'log';
  /** The ends of the bins, ascending: one more than there are bins. */
  readonly edges: ArrayLike<number>;
  readonly series: readonly DistributionSeries[];
  /** Ranges of the quantity with a meaning, shaded and named. */
  readonly ranges?: readonly DistributionRange[];
}

/** A range of a quantity. */
export interface DistributionRange {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

/**
 * Draws the distribution of a quantity over the features, and its baselines: the fraction of features in each bin,
 * filled for measurements, as lines for baselines.
 *
 * @param data the bins and the series
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there is no bin or series, edges do not ascend, a range is not within the bins, or a series does not
 *   have one fraction per bin.
 * @example
 * ```js
 * import { distributionFigure } from 'polysem/figures';
 * const series = [{ name: 'measured', shares: [0.25, 0.75] }];
 * const data = { label: 'capacity C', scale: 'linear', edges: [0, 0.5, 1], series };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * distributionFigure(data, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function distributionFigure(data: DistributionData, options: FigureOptions): string {
  checkDistribution(data);
  const { label: quantity, series } = data;
  const body = {
    width: 640,
    height: 340,
    description: `Distribution of ${quantity}: ${series.map(({ name }) => name).join(', ')}`,
    draw: (box: Box) =>
      underLegend(series.map(legendItem), box, (rest) => drawDistribution(data, rest)),
  };
  return figureDocument(body, options);
}

function drawDistribution(data: DistributionData, box: Box): Markup {
  const { label: quantity, scale, edges, series, ranges = [] } = data;
  const most = Math.max(...series.flatMap(({ shares }) => Array.from(shares))) || 1;
  const x: AxisSpec = { label: quantity, scale, domain: [edges[0], edges[edges.length - 1]] };
  const y: AxisSpec = {
    label: 'features per bin',
    unit: '%',
    scale: 'linear',
    // Names of ranges are above the data.
    domain: [100 * most * (ranges.length > 0 ? 1.2 : 1.06), 0],
  };
  const plot = layoutPlot(box, x, y);
  const steps = series.map((one, place) => seriesMarks(one, one.style ?? place, edges));
  const shaded = ranges.flatMap((range) => rangeMarks(range, edges, y.domain));
  return fragment(drawMarks(plot, gridY(), ...shaded, ...steps, frame()), plot.axes);
}

/** Shades a range over the height of the plot, and names it at the top, inside the plot. */
function rangeMarks(
  { from, to, name }: DistributionRange,
  edges: ArrayLike<number>,
  [top, bottom]: AxisSpec['domain'],
): Mark[] {
  const isFirst = from <= edges[0];
  const isLast = to >= edges[edges.length - 1];
  const [x, anchor] = isFirst
    ? [from, 'start' as const]
    : isLast
      ? [to, 'end' as const]
      : [(from + to) / 2, 'middle' as const];
  const dx = isFirst ? 4 : isLast ? -4 : 0;
  return [
    rect({ x1: from, x2: to, y1: top, y2: bottom }, { role: 'ps-muted', opacity: 0.14 }),
    label(x, top, name, { anchor, dx, dy: 14, role: 'ps-muted' }),
  ];
}

function seriesMarks(
  { name, shares, isReference = false }: DistributionSeries,
  i: number,
  edges: ArrayLike<number>,
): Mark[] {
  const points = Array.from(shares).flatMap((share, b): Point[] => [
    [edges[b], 100 * share],
    [edges[b + 1], 100 * share],
  ]);
  const floor = points.map(([x]): Point => [x, 0]);
  const most = formatNumber(100 * Math.max(...Array.from(shares)), 3);
  return [
    ...(isReference ? [] : [band(points, floor, { role: seriesStyle(i).fill, opacity: 0.22 })]),
    line(points, { ...lineStyle(i), about: `${name}: at most ${most} % per bin` }),
  ];
}

function lineStyle(i: number): LineStyle {
  const { line: role, dash } = seriesStyle(i);
  return { role, dash, width: 1.7 };
}

function legendItem(
  { name, isReference = false, style }: DistributionSeries,
  place: number,
): LegendItem {
  const i = style ?? place;
  const [top, bottom] = [0, -1].map((y): Point[] => [
    [-1, y],
    [1, y],
  ]);
  const area = band(top, bottom, { role: seriesStyle(i).fill, opacity: 0.22 });
  return lineItem(name, lineStyle(i), ...(isReference ? [] : [area]));
}

function checkDistribution(data: DistributionData): void {
  const { edges, series } = data;
  const bins = edges.length - 1;
  if (bins < 1 || series.length === 0) {
    throw new RangeError('distributionFigure: needs at least one bin and one series');
  }
  for (let b = 0; b < bins; b++) {
    if (!(edges[b] < edges[b + 1])) {
      throw new RangeError(
        `distributionFigure: edges must ascend, got ${edges[b]} before ${edges[b + 1]}`,
      );
    }
  }
  for (const { from, to, name } of data.ranges ?? []) {
    if (!(from < to && from >= edges[0] && to <= edges[bins]))
      throw new RangeError(
        `distributionFigure, ${name}: the range must ascend within the bins, got ${from} to ${to}`,
      );
  }
  for (const { name, shares } of series) {
    if (shares.length !== bins) {
      throw new RangeError(
        `distributionFigure, ${name}: shares must have one value for each of ${bins} bins, got ${shares.length}`,
      );
    }
  }
}
