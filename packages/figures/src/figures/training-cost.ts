import { dot, type DotStyle } from '../marks/dot.ts';
import { frame } from '../marks/frame.ts';
import { gridY } from '../marks/grid.ts';
import { lineItem, underLegend, type LegendItem } from '../marks/legend.ts';
import { line, type LineStyle } from '../marks/line.ts';
import type { AxisSpec } from '../plot/axis.ts';
import { withoutTop, type Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { panelBox, panelGrid } from '../plot/panels.ts';
import { drawMarks, group, layoutPlot } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { ellipsis, textLine } from '../svg/text.ts';
import { rampClass } from '../theme/theme.ts';

/** The time of a training step as one size of the work grows. */
export interface CostCurve {
  /** P(active) of the inputs: decides colour and symbol. */
  readonly density: number;
  /** Number of threads: decides the dashes. */
  readonly threads: number;
  /** The sizes at which it was timed, ascending. */
  readonly sizes: ArrayLike<number>;
  /** Microseconds per step at each size. */
  readonly microseconds: ArrayLike<number>;
}

/** Curves over one size; the other sizes are constant. */
export interface CostPanel {
  /** Such as 'Features'. */
  readonly title: string;
  /** The constant sizes, such as 'batch 1024'. */
  readonly kept?: string;
  /** Label of the x axis: the size that grows. */
  readonly label: string;
  readonly unit?: string;
  readonly curves: readonly CostCurve[];
}

const Y_TITLE = { label: 'time per step', unit: 'µs' } as const;
const COLUMNS = 2;
/** Minimum width of a panel in pixels. */
const LEAST_WIDTH = 240;
const HEADING = 36;

/**
 * Draws the time of a training step over the sizes of the work: one panel per size, on log axes with
 * a common scale of time, and one line per density and number of threads.
 *
 * @param panels the panels, by rows
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there is no panel, a panel has no curve, or times and sizes differ in number.
 * @example
 * ```js
 * import { trainingCostFigure } from 'polysem/figures';
 * const curve = { density: 0.1, threads: 1, sizes: [64, 256], microseconds: [90, 340] };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * const panels = [{ title: 'Batch', label: 'rows', curves: [curve] }];
 * trainingCostFigure(panels, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function trainingCostFigure(panels: readonly CostPanel[], options: FigureOptions): string {
  checkPanels(panels);
  const curves = panels.flatMap((panel) => panel.curves);
  const times = curves.flatMap(({ microseconds }) => Array.from(microseconds));
  const [least, most] = widened(times, 1.5);
  const yAxis: AxisSpec = { ...Y_TITLE, scale: 'log', domain: [most, least] };
  const styles = stylesOf(curves);
  const columns = Math.min(COLUMNS, panels.length);
  const body = {
    width: 40 + 350 * columns,
    height: (width: number) =>
      90 + 265 * panelGrid(panels.length, width - 32, LEAST_WIDTH, columns).rows,
    description: `Time of a training step over ${panels.map(({ label }) => label).join(', ')}`,
    draw: (box: Box) => {
      const grid = panelGrid(panels.length, box.width, LEAST_WIDTH, columns);
      const drawAll = (rest: Box): Markup =>
        fragment(
          ...panels.map((panel, i) => drawPanel(panel, yAxis, styles, panelBox(grid, i, rest))),
        );
      return underLegend(legendOf(styles), box, drawAll, 6);
    },
  };
  return figureDocument(body, options);
}

/** The looks of curves among all densities and numbers of threads that occur. */
interface CurveStyles {
  readonly densities: readonly number[];
  readonly threadCounts: readonly number[];
  readonly line: (curve: Pick<CostCurve, 'density' | 'threads'>) => LineStyle;
  readonly dot: (density: number) => DotStyle;
}

const SYMBOLS = ['circle', 'diamond', 'square', 'triangle', 'triangle-down'] as const;

function stylesOf(curves: readonly CostCurve[]): CurveStyles {
  const densities = distinct(curves.map(({ density }) => density)).toReversed();
  const threadCounts = distinct(curves.map(({ threads }) => threads));
  const colourOf = (density: number): string =>
    rampClass(0.2 + (0.46 * densities.indexOf(density)) / Math.max(1, densities.length - 1));
  return {
    densities,
    threadCounts,
    line: ({ density, threads }) => {
      const place = threadCounts.indexOf(threads);
      const dash = place === 0 ? undefined : `${6 / place} ${3 / place}`;
      return { role: colourOf(density), width: 1.8, dash };
    },
    dot: (density) => ({
      symbol: SYMBOLS[densities.indexOf(density) % SYMBOLS.length],
      // The fill of the paper separates the symbol from the line below it.
      role: `${colourOf(density)} ps-hollow`,
      r: 3.4,
      outline: 1.8,
    }),
  };
}

function legendOf({
  densities,
  threadCounts,
  line: lineOf,
  dot: dotOf,
}: CurveStyles): LegendItem[] {
  const [threads] = threadCounts;
  return [
    ...densities.map((density) =>
      lineItem(
        `density ${formatNumber(density)}`,
        lineOf({ density, threads }),
        dot(0, 0, dotOf(density)),
      ),
    ),
    ...(threadCounts.length > 1 ? threadCounts : []).map((count) =>
      lineItem(count === 1 ? '1 thread' : `${formatNumber(count)} threads`, {
        ...lineOf({ density: densities[0], threads: count }),
        role: 'ps-rule',
      }),
    ),
  ];
}

function drawPanel(panel: CostPanel, yAxis: AxisSpec, styles: CurveStyles, box: Box): Markup {
  const { title, kept = '', curves, label, unit } = panel;
  const sizes = curves.flatMap((curve) => Array.from(curve.sizes));
  const xAxis: AxisSpec = {
    label,
    ...(unit === undefined ? {} : { unit }),
    scale: 'log',
    domain: widened(sizes, 1.25),
  };
  const plot = layoutPlot(withoutTop(box, HEADING), xAxis, yAxis, { right: 14, top: 4 });
  const lines = curves.map((curve) => {
    const points = Array.from(curve.sizes, (size, i) => [size, curve.microseconds[i]] as const);
    const symbols = points.map(([size, time]) => dot(size, time, styles.dot(curve.density)));
    return group(line(points, styles.line(curve)), symbols);
  });
  const { x } = plot.area;
  const room = box.x + box.width - x - 14;
  return fragment(
    textLine(x, box.y + 14, ellipsis(title, room, 13, true), { size: 13, bold: true }),
    textLine(x, box.y + 30, ellipsis(kept, room, 11), { role: 'ps-muted' }),
    drawMarks(plot, gridY(), frame(), lines),
    plot.axes,
  );
}

/** The ends of the positive numbers, moved apart by a factor. */
function widened(values: readonly number[], factor: number): [number, number] {
  const shown = values.filter((value) => value > 0 && value < Infinity);
  if (shown.length === 0) return [1, 10];
  return [Math.min(...shown) / factor, Math.max(...shown) * factor];
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].toSorted((a, b) => a - b);
}

function checkPanels(panels: readonly CostPanel[]): void {
  if (panels.length === 0) throw new RangeError('trainingCostFigure: needs at least one panel');
  for (const { label: name, curves } of panels) {
    if (curves.length === 0) {
      throw new RangeError(`trainingCostFigure, ${name}: needs at least one curve`);
    }
    curves.forEach(({ sizes, microseconds }, i) => {
      if (sizes.length !== microseconds.length) {
        throw new RangeError(
          `trainingCostFigure, ${name}: curve ${i} must have a time for each of ${sizes.length} sizes, got ${microseconds.length}`,
        );
      }
    });
  }
}
