import { band } from '../marks/band.ts';
import { clip } from '../marks/clip.ts';
import { dot, dots } from '../marks/dot.ts';
import { errorBar } from '../marks/error-bar.ts';
import { frame } from '../marks/frame.ts';
import { gridX, gridY } from '../marks/grid.ts';
import { lineItem, underLegend, type LegendItem } from '../marks/legend.ts';
import { line, type LineStyle } from '../marks/line.ts';
import { fill } from '../marks/rect.ts';
import { ruleY } from '../marks/rule.ts';
import type { SymbolName } from '../marks/symbol.ts';
import type { AxisSpec } from '../plot/axis.ts';
import { withoutTop, type Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { panelBox, panelGrid, type PanelGrid } from '../plot/panels.ts';
import { drawMarks, layoutPlot, type Mark, type Plot } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup, type Point } from '../svg/svg.ts';
import { textLine, wrapText } from '../svg/text.ts';
import { seriesStyle } from '../theme/series-style.ts';

/** The mean of repeated measurements, such as one per seed. */
export interface MeanPoint {
  /** Value of the x axis; with `names`, the number of the name. */
  readonly x: number;
  readonly mean: number;
  /** Standard error of the mean; null if there is a single measurement. */
  readonly error: number | null;
  /** The single measurements. */
  readonly each: readonly number[];
}

/** A series of means, drawn as one line. */
export interface MeanSeries {
  readonly name: string;
  /** Points with ascending x. */
  readonly points: readonly MeanPoint[];
}

/** Series that share a plot. */
export interface MeanPanel {
  /** Empty for none. */
  readonly title: string;
  readonly series: readonly MeanSeries[];
}

/** Data of `meanLinesFigure`. */
export interface MeanLinesData {
  readonly x: {
    readonly label: string;
    readonly unit?: string;
    readonly scale: 'linear' | 'log';
    /** Ticks at whole numbers only. Default false. */
    readonly isWhole?: boolean;
    /** Names of the whole numbers from 0, for values that are not numbers; no line then joins the points. */
    readonly names?: readonly string[];
  };
  readonly y: { readonly label: string; readonly unit?: string; readonly scale: 'linear' | 'log' };
  /** Panels with the same axes. Series with the same place in their panels have the same look. */
  readonly panels: readonly MeanPanel[];
  /** Name of a single measurement in the legend. Default 'one seed'. */
  readonly single?: string;
}

const SYMBOLS: readonly SymbolName[] = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'triangle-down',
  'circle',
  'square',
  'diamond',
];
/** Minimum width of a panel, and heights of one panel and of a row of several, in pixels. */
const LEAST_PANEL = 290;
const ONE_PANEL = 380;
const ROW = 300;
const TITLE_SIZE = 13;
const TITLE_HEIGHT = 20;
/** Series with more points than this show their standard errors as a band, and no markers. */
const DENSE = 120;
/** Fraction of its length by which an axis extends beyond the points. */
const MARGIN = 0.05;

/**
 * Draws means over a parameter with their standard errors as bars, each single measurement as a faint point, and one line
 * per series, which dashes and markers distinguish beside colour. Series of more than 120 points have bands instead of bars.
 *
 * @param data the panels and the labels of the axes
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if no mean is finite, or none has a place on a log axis.
 * @example
 * ```js
 * import { meanLinesFigure } from 'polysem/figures';
 * const points = [
 *   { x: 0.01, mean: 2, error: 0.1, each: [1.9, 2.1] }, { x: 0.1, mean: 1, error: 0.1, each: [0.9, 1.1] },
 * ];
 * const [x, y] = [{ label: 'density p', scale: 'log' }, { label: 'loss', scale: 'linear' }];
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * const data = { x, y, panels: [{ title: '', series: [{ name: 'D = 5', points }] }] };
 * meanLinesFigure(data, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function meanLinesFigure(data: MeanLinesData, options: FigureOptions): string {
  const { x, y, panels } = data;
  const axes = axesOf(data);
  const gridOf = (width: number): PanelGrid => panelGrid(panels.length, width, LEAST_PANEL, 3);
  const names = panels[0].series.map(({ name }) => name).filter((name) => name !== '');
  const body = {
    width: panels.length === 1 ? 640 : Math.min(3, panels.length) * 340,
    height: (width: number) =>
      80 + (panels.length === 1 ? ONE_PANEL - 40 : gridOf(width - 32).rows * ROW),
    description: `${y.label} over ${x.label}${names.length > 1 ? `: ${names.join(', ')}` : ''}`,
    draw: (box: Box) =>
      underLegend(
        legendOf(data),
        box,
        (rest) => drawPanels(data, axes, gridOf(rest.width), rest),
        4,
      ),
  };
  return figureDocument(body, options);
}

interface Axes {
  readonly x: AxisSpec;
  readonly y: AxisSpec;
}

function drawPanels({ panels, x }: MeanLinesData, axes: Axes, grid: PanelGrid, box: Box): Markup {
  return fragment(
    ...panels.map(({ title, series }, i) => {
      const own = panelBox(grid, i, box);
      const isTitled = title !== '';
      const room = isTitled ? withoutTop(own, TITLE_HEIGHT) : own;
      const plot = layoutPlot(room, axes.x, axes.y, { bareY: i % grid.columns > 0 });
      const [name = ''] = wrapText(title, own.width - 50, TITLE_SIZE, {
        bold: true,
        maxLines: 1,
      });
      const style = { size: TITLE_SIZE, bold: true };
      return fragment(
        isTitled ? textLine(plot.area.x, own.y + TITLE_HEIGHT - 4, name, style) : [],
        drawMarks(plot, gridX(), gridY(), clip(series.map((one, k) => faint(one, k))), frame()),
        plot.axes,
        drawMarks(
          plot,
          series.map((one, k) => drawSeries(one, k, x.names)),
        ),
      );
    }),
  );
}

/** The single measurements of a series. */
function faint({ points }: MeanSeries, k: number): Mark {
  const all = points.flatMap(({ x, each }) => (each.length < 2 ? [] : each.map((y) => [x, y])));
  const shown = all.filter(([, y]) => Number.isFinite(y));
  return (plot) => {
    const inside = shown.filter(([, y]) => Number.isFinite(plot.y.position(y)));
    const [xs, ys] = [0, 1].map((axis) => inside.map((point) => point[axis]));
    return dots(xs, ys, { role: seriesStyle(k).fill, r: 2, opacity: 0.3 })(plot);
  };
}

function drawSeries({ name, points }: MeanSeries, k: number, names?: readonly string[]): Mark {
  const shown = points.filter(({ mean }) => Number.isFinite(mean));
  if (shown.length > DENSE && names === undefined) return drawDense(shown, k);
  const marks = shown.flatMap(({ x, mean, error }) => {
    const place = names?.[x] ?? formatNumber(x);
    const spread = error === null ? '' : ` ± ${formatNumber(error, 2)}`;
    const about = `${name === '' ? '' : `${name}: `}${formatNumber(mean)}${spread} at ${place}`;
    const hasBar = error !== null && error > 0;
    const bar = hasBar ? [errorBar(x, [mean - error, mean + error], barStyle(k))] : [];
    return [...bar, marker(x, mean, k, about)];
  });
  const path = shown.map(({ x, mean }) => [x, mean] as const);
  return (plot: Plot) =>
    drawMarks(plot, names === undefined ? line(path, lineStyle(k)) : [], marks);
}

/** A line with a band of one standard error around it. */
function drawDense(points: readonly MeanPoint[], k: number): Mark {
  const edge = (sign: number): Point[] =>
    points.map(({ x, mean, error }) => [x, mean + sign * (error ?? 0)]);
  const path = points.map(({ x, mean }) => [x, mean] as const);
  const area = band(edge(1), edge(-1), { role: seriesStyle(k).fill, opacity: 0.25 });
  return clip(area, line(path, lineStyle(k)));
}

function marker(x: number, y: number, k: number, about?: string): Mark {
  const symbol = SYMBOLS[k % SYMBOLS.length];
  const more = about === undefined ? {} : { about };
  return dot(x, y, { role: seriesStyle(k).fill, symbol, r: 3.6, ...more });
}

function lineStyle(k: number): LineStyle {
  const { line: role, dash } = seriesStyle(k);
  return { role, dash, width: 1.6 };
}

function barStyle(k: number): LineStyle {
  return { role: seriesStyle(k).line, width: 1.3 };
}

function legendOf({ panels, x, single = 'one seed' }: MeanLinesData): LegendItem[] {
  const all = panels.flatMap((panel) => panel.series);
  const isDense = x.names === undefined && all.some((one) => one.points.length > DENSE);
  const { series } = panels.reduce((a, b) => (b.series.length > a.series.length ? b : a));
  const named = series.flatMap(({ name }, k) => {
    if (name === '') return [];
    if (x.names === undefined)
      return [lineItem(name, lineStyle(k), ...(isDense ? [] : [marker(0, 0, k)]))];
    return [{ label: name, width: 14, sample: marker(0, 0, k) }];
  });
  const points = all.flatMap((one) => one.points);
  if (points.every(({ error }) => error === null)) return named;
  const spread: LegendItem = {
    label: 'mean ± standard error',
    width: 14,
    sample: isDense
      ? [fill({ role: 'ps-muted', opacity: 0.3 }), ruleY(0)]
      : [errorBar(0, [-0.9, 0.9], { role: 'ps-rule' }), dot(0, 0, { r: 3 })],
  };
  if (points.every(({ each }) => each.length < 2)) return [...named, spread];
  const sample = dots([0], [0], { role: 'ps-muted', r: 2, opacity: 0.6 });
  return [...named, spread, { label: single, width: 10, sample }];
}

function axesOf({ x, y, panels }: MeanLinesData): Axes {
  const points = panels.flatMap(({ series }) => series.flatMap((one) => one.points));
  const values = points.flatMap(({ mean, error, each }) => [
    ...each,
    mean,
    ...(error === null ? [] : [mean - error, mean + error]),
  ]);
  const shown = values.filter(
    (value) => Number.isFinite(value) && (y.scale === 'linear' || value > 0),
  );
  const places = points
    .map((point) => point.x)
    .filter((place) => x.scale === 'linear' || place > 0);
  if (shown.length === 0 || places.length === 0)
    throw new RangeError('meanLinesFigure: needs at least one point with a place on its axes');
  const [left, right] = widened(places, x.scale);
  const [low, high] = widened(shown, y.scale);
  const xDomain =
    x.names === undefined ? ([left, right] as const) : ([-0.5, x.names.length - 0.5] as const);
  return { x: { ...x, domain: xDomain }, y: { ...y, domain: [high, low] } };
}

/** The range of values with a margin at both ends. */
function widened(values: readonly number[], scale: 'linear' | 'log'): [number, number] {
  const at = scale === 'log' ? Math.log : (value: number): number => value;
  const back = scale === 'log' ? Math.exp : (value: number): number => value;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, at(value));
    high = Math.max(high, at(value));
  }
  const margin = high > low ? MARGIN * (high - low) : MARGIN * (Math.abs(high) || 1);
  return [back(low - margin), back(high + margin)];
}
