import { dot, type DotStyle } from '../marks/dot.ts';
import { frame } from '../marks/frame.ts';
import { gridX } from '../marks/grid.ts';
import { underLegend, type LegendItem } from '../marks/legend.ts';
import { line } from '../marks/line.ts';
import { ruleY } from '../marks/rule.ts';
import type { SymbolName } from '../marks/symbol.ts';
import { makeAxis, type AxisSpec } from '../plot/axis.ts';
import { noRoom, type Box } from '../plot/box.ts';
import { categoryScale } from '../plot/categories.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { axisTitleLines, drawXAxis, xAxisHeight } from '../plot/draw-axis.ts';
import { drawMarks, type Plot } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { element, fragment, tooltip, type Markup } from '../svg/svg.ts';
import { ellipsis, textLine, textWidth } from '../svg/text.ts';

/** One matrix: a measured quantity and its baselines. */
export interface ComparedRow {
  readonly name: string;
  readonly value: number;
  /** The ends of its confidence interval. */
  readonly interval?: readonly [number, number];
  /** One value per reference; NaN for a missing value. */
  readonly references: readonly number[];
}

/** Data of `comparisonFigure`: one quantity of several matrices, each with its baselines. */
export interface ComparisonData {
  /** The quantity. */
  readonly label: string;
  readonly unit?: string;
  readonly scale?: 'linear' | 'log';
  /** Default: from 0 (on a log scale from the smallest value) to the largest value. */
  readonly domain?: readonly [number, number];
  /** Name of the measured values in the legend. */
  readonly measured: string;
  /** Names of the references in the legend. */
  readonly references: readonly string[];
  readonly rows: readonly ComparedRow[];
}

/** Pixels per row, usual and minimum. */
const ROW = 20;
const LEAST_ROW = 12;
/** Pixels above and below the rows. */
const AROUND = 150;
/** Pixels right of the plot. */
const RIGHT = 22;
const NAME_SIZE = 11;
const LONGEST_NAME = 260;

/**
 * Draws one row per matrix: its value as a disc with its interval, and each reference as an open symbol of its own shape.
 *
 * @param data the rows, such as the layers of a model from the first to the last
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there is no row, a row does not have one value per reference, or there is no room for the rows.
 * @example
 * ```js
 * import { comparisonFigure } from 'polysem/figures';
 * const rows = [{ name: 'layer 0', value: 0.6, interval: [0.5, 0.7], references: [0.9] }];
 * const data = { label: 'efficiency', measured: 'weights', references: ['random'], rows };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * comparisonFigure(data, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function comparisonFigure(data: ComparisonData, options: FigureOptions): string {
  const { rows, references } = data;
  if (rows.length === 0) throw new RangeError('comparisonFigure: needs at least one row');
  for (const row of rows) {
    if (row.references.length === references.length) continue;
    throw new RangeError(
      `comparisonFigure, ${row.name}: references must have ${references.length} values, got ${row.references.length}`,
    );
  }
  const body = {
    width: 720,
    height: AROUND + ROW * rows.length,
    description: `${data.label} of ${rows.map(({ name }) => name).join(', ')}`,
    draw: (box: Box) => underLegend(legendOf(data), box, (rest) => drawComparison(data, rest), 4),
  };
  return figureDocument(body, options);
}

function legendOf({ measured, references }: ComparisonData): LegendItem[] {
  return [
    { label: measured, width: 14, sample: dot(0, 0, MEASURED) },
    ...references.map((reference, k): LegendItem => {
      return { label: reference, width: 14, sample: dot(0, 0, referenceStyle(k)) };
    }),
  ];
}

function drawComparison(data: ComparisonData, box: Box): Markup {
  const { rows, references } = data;
  const widest = Math.max(...rows.map((row) => textWidth(row.name, NAME_SIZE)));
  const longest = Math.min(LONGEST_NAME, box.width * 0.4);
  const names = Math.min(longest, widest) + 10;
  const title = axisTitleLines(axisOf(data), box.width - names);
  const area: Box = {
    x: box.x + names,
    y: box.y,
    width: box.width - names - RIGHT,
    height: box.height - xAxisHeight(title.length),
  };
  if (!(area.width >= 40 && area.height / rows.length >= LEAST_ROW)) throw noRoom(box);
  const x = makeAxis(axisOf(data), [area.x, area.x + area.width], 'x');
  const y = categoryScale(rows.length, [area.y, area.y + area.height]);
  const plot = { area, x, y };
  return fragment(
    drawMarks(plot, gridX(), frame()),
    drawXAxis(x, area.y + area.height, title),
    ...rows.map((row, r) => drawRow(row, r, references, plot, longest)),
  );
}

function drawRow(
  { name, value, interval, references }: ComparedRow,
  r: number,
  called: readonly string[],
  plot: Plot,
  longest: number,
): Markup {
  const about = [
    `${name}: ${formatNumber(value)}`,
    ...references.map((reference, k) => `${called[k]} ${formatNumber(reference)}`),
  ].join(', ');
  const ends = (interval ?? []).map((end) => [end, r] as const);
  const style = { size: NAME_SIZE, anchor: 'end' } as const;
  return element(
    'g',
    {},
    tooltip(about),
    textLine(plot.area.x - 8, plot.y.position(r) + 4, ellipsis(name, longest, NAME_SIZE), style),
    drawMarks(
      plot,
      ruleY(r, { role: 'ps-grid', width: 1 }),
      references.map((reference, k) => dot(reference, r, referenceStyle(k))),
      ends.length === 0 ? [] : line(ends, { width: 2 }),
      dot(value, r, MEASURED),
    ),
  );
}

function axisOf({ label: name, unit, scale = 'linear', domain, rows }: ComparisonData): AxisSpec {
  const all = rows
    .flatMap(({ value, interval = [], references }) => [value, ...interval, ...references])
    .filter((value) => Number.isFinite(value) && (scale === 'linear' || value > 0));
  const most = Math.max(...all, scale === 'linear' ? 0 : Number.MIN_VALUE) || 1;
  const least = scale === 'linear' ? Math.min(0, ...all) : Math.min(most, ...all) / 1.3;
  return {
    label: name,
    ...(unit === undefined ? {} : { unit }),
    scale,
    domain: domain ?? [least, most * (scale === 'linear' ? 1.05 : 1.3)],
  };
}

const MEASURED: DotStyle = { role: 'ps-b0', r: 4.5 };

/** Open symbols of the references, distinguishable without colour. */
const REFERENCES: readonly (readonly [SymbolName, role: string])[] = [
  ['square', 'ps-l1'],
  ['triangle', 'ps-l2'],
  ['diamond', 'ps-l3'],
  ['triangle-down', 'ps-l6'],
  ['cross', 'ps-l5'],
  ['plus', 'ps-l4'],
];

function referenceStyle(k: number): DotStyle {
  const [symbol, role] = REFERENCES[k % REFERENCES.length];
  return { symbol, role, r: 4.6, outline: 1.5 };
}
