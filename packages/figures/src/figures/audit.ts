import { inInterval } from '@polysem/numerics/checks';
import { cloudCells, countCells, countScale, MOST_POINTS } from '../marks/cloud.ts';
import { colourBarWidth, drawColourBar } from '../marks/colour-bar.ts';
import { dot, dots } from '../marks/dot.ts';
import { frame } from '../marks/frame.ts';
import { lineItem, underLegend, type LegendItem } from '../marks/legend.ts';
import { haloedLine } from '../marks/line.ts';
import type { AxisSpec } from '../plot/axis.ts';
import { withoutTop, type Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { panelBox, panelGrid, type PanelGrid } from '../plot/panels.ts';
import { drawMarks, group, layoutPlot, type Mark, type PlotWithAxes } from '../plot/plot.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { ellipsis, textLine } from '../svg/text.ts';

/** The capacities of features with similar frequency or kurtosis. */
export interface TrendPoint {
  /** Median x of the features. */
  readonly centre: number;
  /** Median of their measured capacities and its interval; ends that are NaN are not drawn. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Median of their predicted capacities. */
  readonly predicted: number;
}

/** Capacity over a statistic of the features, on a log axis. */
export interface AuditTrend {
  /** Such as 'frequency P(active)'. */
  readonly label: string;
  /** One value per feature; features whose value is not positive are not drawn. */
  readonly values: ArrayLike<number>;
  readonly points: readonly TrendPoint[];
}

/** Data of `auditFigure`: predicted and measured capacities of the same features. */
export interface AuditFigureData {
  /** One capacity in [0, 1] per feature. */
  readonly predicted: ArrayLike<number>;
  /** One capacity in [0, 1] per feature. */
  readonly measured: ArrayLike<number>;
  readonly trends: readonly AuditTrend[];
}

/** Usual and minimum width of a panel, and usual height, in pixels. */
const PANEL = 330;
const LEAST_PANEL = 225;
const PANEL_HEIGHT = 330;
const HEADING = 22;
const RIGHT = 14;
/** If cells are counted, this fraction of the features may lie beyond the axis of capacities. */
const BEYOND = 0.001;

/**
 * Draws measured over predicted capacities with the line of agreement, and capacity over each statistic with the medians
 * of bins. Each feature is a point; for more than 2000 features, colours show the number of features per cell.
 *
 * @param data capacities and statistics of the features
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if lists differ in length or are empty, or a capacity lies outside [0, 1].
 * @example
 * ```js
 * import { auditFigure } from 'polysem/figures';
 * const data = { predicted: [0.2, 0.8], measured: [0.3, 0.7], trends: [] };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * auditFigure(data, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function auditFigure(data: AuditFigureData, options: FigureOptions): string {
  checkAudit(data);
  const { measured, trends } = data;
  const isCounted = measured.length > MOST_POINTS;
  const panels = trends.length + 1;
  const bar = isCounted ? 70 : 0;
  const gridOf = (width: number): PanelGrid => panelGrid(panels, width - bar, LEAST_PANEL);
  const body = {
    width: 32 + PANEL * panels + bar,
    height: (width: number) => 100 + PANEL_HEIGHT * gridOf(width - 32).rows,
    description: `Measured over predicted capacity of ${measured.length} features${trends.map((trend) => `, capacity over ${trend.label}`).join('')}`,
    draw: (box: Box) => {
      const items = legendOf(isCounted, trends.length > 0);
      return underLegend(items, box, (rest) => drawAudit(data, gridOf(box.width), rest), 8);
    },
  };
  return figureDocument(body, options);
}

/** One scatter plot and what lies over it. */
interface Panel {
  readonly plot: PlotWithAxes;
  readonly x: ArrayLike<number>;
  readonly title: string;
  readonly over: Mark;
}

function drawAudit(data: AuditFigureData, grid: PanelGrid, box: Box): Markup {
  const { measured } = data;
  const isCounted = measured.length > MOST_POINTS;
  const height = box.height / grid.rows;
  const bar = isCounted ? colourBarWidth(countScale([]), height - HEADING - 60) + RIGHT : 0;
  const panels = panelsOf(data, grid, { ...box, width: box.width - bar });
  const clouds = isCounted ? panels.map(({ plot, x }) => countCells(x, measured, plot)) : [];
  const scale = countScale(clouds);
  const { area } = panels[0].plot;
  return fragment(
    ...panels.map(({ plot, x, title, over }, i) =>
      fragment(
        textLine(
          plot.area.x,
          plot.area.y - 16,
          ellipsis(title, plot.area.width + RIGHT, 13, true),
          {
            size: 13,
            bold: true,
          },
        ),
        drawMarks(
          plot,
          isCounted ? cloudCells(clouds[i], scale) : dots(x, measured),
          over,
          frame(),
        ),
        plot.axes,
      ),
    ),
    isCounted
      ? drawColourBar(scale, { x: box.x + box.width - bar + RIGHT, y: area.y, height: area.height })
      : [],
  );
}

function panelsOf(data: AuditFigureData, grid: PanelGrid, box: Box): Panel[] {
  const { predicted, trends } = data;
  const room = (i: number): Box => withoutTop(panelBox(grid, i, box), HEADING);
  const most = axisEnd(predicted, data.measured);
  const capacity: AxisSpec = { label: 'capacity C', scale: 'linear', domain: [most, 0] };
  const agreement: Panel = {
    plot: layoutPlot(
      room(0),
      { label: 'predicted C', scale: 'linear', domain: [0, most] },
      { ...capacity, label: 'measured C' },
      { right: RIGHT },
    ),
    x: predicted,
    title: 'Predicted and measured',
    over: identity(most),
  };
  return [
    agreement,
    ...trends.map((trend, i) => ({
      plot: layoutPlot(room(i + 1), trendAxis(trend), capacity, { right: RIGHT }),
      x: trend.values,
      title: `Over ${trend.label}`,
      over: trendMark(trend.points, most),
    })),
  ];
}

/** The end of an axis of capacities: all of few features, all but a thousandth of many, and a little more. */
export function axisEnd(...lists: readonly ArrayLike<number>[]): number {
  const most = Math.max(...lists.map(endOf)) || 1;
  return most > 0.9 ? 1.02 : most * 1.08;
}

function endOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).toSorted();
  const beyond = sorted.length > MOST_POINTS ? Math.floor(BEYOND * sorted.length) : 0;
  return sorted[sorted.length - 1 - beyond];
}

function trendAxis({ label, values }: AuditTrend): AxisSpec {
  let low = Infinity;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] > 0 && values[i] < Infinity)) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (high === 0) [low, high] = [1, 1];
  const margin = Math.max(1.15, (high / low) ** 0.03);
  return { label, scale: 'log', domain: [low / margin, high * margin] };
}

/** Style of the line of equal values. */
export const AGREEMENT = { width: 1.4, dash: '6 4' } as const;
const PREDICTED = { width: 1.7 } as const;

/** The line of equal values. */
export function identity(most: number): Mark {
  const ends = [
    [0, 0],
    [most, most],
  ] as const;
  return haloedLine(ends, { ...AGREEMENT, halo: 2, haloOpacity: 0.75 });
}

/** The medians of bins: predicted as a line, measured as discs with their intervals. */
function trendMark(points: readonly TrendPoint[], most: number): Mark {
  const level = (value: number): number => Math.max(0, Math.min(most, value));
  return group(
    haloedLine(
      points.map(({ centre, predicted }) => [centre, level(predicted)] as const),
      { ...PREDICTED, halo: 2.8 },
    ),
    points.map(({ centre, median, low, high }) =>
      medianMark(centre, level(median), level(low), level(high)),
    ),
  );
}

/** A median as a disc, its interval as a bar. */
function medianMark(x: number, y: number, low: number, high: number): Mark {
  const bar = [
    [x, low],
    [x, high],
  ] as const;
  return group(
    haloedLine(bar, { role: 'ps-l1', width: 2, halo: 2.5 }),
    dot(x, y, { role: 'ps-b1 ps-outline', r: 4.2, outline: 1.3 }),
  );
}

function legendOf(isCounted: boolean, hasTrends: boolean): LegendItem[] {
  const point = dot(0, 0, { role: 'ps-muted', r: 2.6, opacity: 0.6 });
  const median = medianMark(0, 0, -1.3, 1.3);
  return [
    ...(isCounted ? [] : [{ label: 'one feature', width: 10, sample: point }]),
    lineItem('prediction holds', { ...AGREEMENT, width: 1.6 }),
    ...(hasTrends
      ? [
          { label: 'median of measured C and its interval', width: 14, sample: median },
          lineItem('median of predicted C', PREDICTED),
        ]
      : []),
  ];
}

function checkAudit({ predicted, measured, trends }: AuditFigureData): void {
  const n = measured.length;
  if (n === 0) throw new RangeError('auditFigure: needs at least one feature');
  for (const [name, values] of [
    ['predicted', predicted],
    ...trends.map((trend) => [trend.label, trend.values] as const),
  ] as const) {
    if (values.length !== n) {
      throw new RangeError(`auditFigure: ${name} must have ${n} values, got ${values.length}`);
    }
  }
  for (const [name, values] of [
    ['predicted', predicted],
    ['measured', measured],
  ] as const) {
    for (let i = 0; i < n; i++) {
      inInterval(`auditFigure: ${name}[${i}]`, values[i], 0, 1);
    }
  }
}
