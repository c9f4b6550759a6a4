import { bar } from '../marks/bar.ts';
import { dot, type DotStyle } from '../marks/dot.ts';
import { gridY } from '../marks/grid.ts';
import { lineItem, NO_VALUE, underLegend, type LegendItem } from '../marks/legend.ts';
import { phaseStrip } from '../marks/phase-strip.ts';
import { phaseLegend } from '../marks/phase-symbol.ts';
import { ruleY } from '../marks/rule.ts';
import { makeAxis, TICK_SIZE, type Axis } from '../plot/axis.ts';
import { noRoom, type Box } from '../plot/box.ts';
import { categoryScale, namesOrNumbers, thinnedLabels, widestLabel } from '../plot/categories.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { drawYAxis, TITLE_LEADING, TITLE_SIZE, yAxisWidth } from '../plot/draw-axis.ts';
import { drawMarks, type Plot } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { textLine } from '../svg/text.ts';
import { phaseOfCapacity, type Phase } from '../theme/phase.ts';

/** Data of `capacityBarsFigure`: capacities of N features, drawn in this order. */
export interface CapacityBarsData {
  /** N numbers in [0, 1]; NaN for a missing value. */
  readonly capacities: ArrayLike<number>;
  /** Default: from `phaseOfCapacity` with a tolerance of 1e-3. */
  readonly phases?: readonly Phase[];
  /** Default: the numbers of the features, from 0. */
  readonly labels?: readonly string[];
  /** Shown below the labels. */
  readonly importances?: ArrayLike<number>;
  /** A second series of N capacities, drawn as dots, such as those that training reached. */
  readonly measured?: { readonly label: string; readonly capacities: ArrayLike<number> };
  /** D. Adds the sum of the capacities to the subtitle, and the level D / N as a line. */
  readonly dims?: number;
}

/**
 * Draws one bar per feature: its height is the capacity, its colour and symbol the phase.
 *
 * @param data capacities, with labels, importances and a second series
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there are no features, two series differ in length, or a capacity is outside [0, 1].
 * @example
 * ```js
 * import { capacityBarsFigure } from 'polysem/figures';
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * const svg = capacityBarsFigure({ capacities: [1, 0.5, 0.5], dims: 2 }, { provenance });
 * svg.startsWith('<svg'); // true
 * ```
 */
export function capacityBarsFigure(data: CapacityBarsData, options: FigureOptions): string {
  checkCapacities(data);
  const values = Array.from(data.capacities);
  const phases = values.map((c, i) => data.phases?.[i] ?? phaseOfCapacity(c));
  const items = legendOf(data, values, phases);
  const body = {
    width: 720,
    height: 380,
    description: `Bars of the capacity of ${values.length} features`,
    draw: (box: Box) => underLegend(items, box, (rest) => drawBars(data, phases, rest), 12),
  };
  return figureDocument(body, {
    ...options,
    subtitle: withSum(values, data.dims, options.subtitle),
  });
}

function checkCapacities({
  capacities,
  phases,
  labels,
  importances,
  measured,
}: CapacityBarsData): void {
  const n = capacities.length;
  if (n === 0) throw new RangeError('capacityBarsFigure: needs at least one feature');
  for (const [name, length] of [
    ['phases', phases?.length],
    ['labels', labels?.length],
    ['importances', importances?.length],
    ['measured.capacities', measured?.capacities.length],
  ] as const) {
    if (length !== undefined && length !== n) {
      throw new RangeError(`capacityBarsFigure: ${name} must have ${n} values, got ${length}`);
    }
  }
  for (const c of [...Array.from(capacities), ...Array.from(measured?.capacities ?? [])]) {
    // The margin allows for rounding.
    if (c < -1e-6 || c > 1 + 1e-6) {
      throw new RangeError(`capacityBarsFigure: a capacity must be in [0, 1], got ${c}`);
    }
  }
}

function withSum(values: readonly number[], dims?: number, subtitle: string = ''): string {
  if (dims === undefined) return subtitle;
  const sum = values.reduce((total, c) => total + (Number.isNaN(c) ? 0 : c), 0);
  const line = `sum of capacities ${formatNumber(sum)} in ${dims} dimensions`;
  return subtitle === '' ? line : `${subtitle} · ${line}`;
}

const SHARE = { dash: '5 4' } as const;
/** Height in pixels of the row of symbols and of each row of labels below the bars. */
const SYMBOL_ROW = 16;
const LABEL_ROW = 14;

function drawBars(data: CapacityBarsData, phases: readonly Phase[], box: Box): Markup {
  const values = Array.from(data.capacities);
  const n = values.length;
  const rows = labelRows(data, n);
  const { plot, axis, left } = layoutBars(rows, n, box);
  const { area, x } = plot;
  const pitch = area.width / n;
  const share = data.dims === undefined ? [] : ruleY(clampCapacity(data.dims / n), SHARE);
  const radius = Math.max(1.6, Math.min(4, pitch * 0.3));
  const measured = Array.from(data.measured?.capacities ?? []).map((c, i) =>
    dot(i, clampCapacity(c), measuredStyle(radius)),
  );
  const bottom = area.y + area.height;
  const strip = { ...plot, area: { ...area, y: bottom, height: 18 } };
  const known = phases.map((phase, i) => (Number.isNaN(values[i]) ? undefined : phase));
  return fragment(
    drawMarks(
      plot,
      gridY({ ticks: 'all' }),
      values.map((c, i) => {
        const about = `feature ${rows.map((row) => row[i]).join(', importance ')}: ${formatNumber(c)}`;
        return bar(i, clampCapacity(c), barStyle(phases[i], pitch, about));
      }),
      share,
      measured,
      ruleY(0, { role: 'ps-line' }),
    ),
    drawYAxis(axis, area.x, ['capacity C'], left),
    phaseStrip(known)(strip),
    rows.flatMap((lines, row) =>
      thinnedLabels(lines, pitch, TICK_SIZE).map(({ index, line }) =>
        textLine(x.position(index), bottom + SYMBOL_ROW + LABEL_ROW * (row + 1), line, {
          anchor: 'middle',
          size: TICK_SIZE,
          role: row === 0 ? 'ps-ink' : 'ps-muted',
        }),
      ),
    ),
    textLine(
      area.x + area.width / 2,
      box.y + box.height - 2,
      data.importances === undefined ? 'feature' : 'feature, with its importance below',
      { anchor: 'middle', size: TITLE_SIZE },
    ),
  );
}

/** The rows of labels below the bars: names, then importances. */
function labelRows({ labels, importances }: CapacityBarsData, n: number): string[][] {
  const names = namesOrNumbers(n, labels);
  return importances === undefined
    ? [names]
    : [names, Array.from(importances, (importance) => formatNumber(importance, 3))];
}

function layoutBars(
  rows: readonly (readonly string[])[],
  n: number,
  box: Box,
): { plot: Plot; axis: Axis; left: number } {
  const bottom = box.y + box.height - SYMBOL_ROW - rows.length * LABEL_ROW - TITLE_LEADING - 8;
  const spec = { label: 'capacity C', scale: 'linear', domain: [1, 0] } as const;
  const axis = makeAxis(spec, [box.y, bottom], 'y');
  const left = yAxisWidth(axis, 1);
  const widest = Math.max(...rows.map((row) => widestLabel(row, TICK_SIZE)));
  const room = box.width - left;
  // Half of the last label may extend beyond its bar.
  const right = Math.max(4, (widest - room / n) / 2);
  const area = { x: box.x + left, y: box.y, width: room - right, height: bottom - box.y };
  if (!(area.width >= 40 && area.height >= 40)) throw noRoom(box);
  const x = categoryScale(n, [area.x, area.x + area.width]);
  return { plot: { area, x, y: axis }, axis, left };
}

function barStyle(phase: Phase, pitch: number, about: string) {
  const gap = pitch > 4.5 ? pitch * 0.22 : 0;
  const width = Math.min(64, pitch - gap);
  return { role: `ps-${phase}`, width, isStriped: phase === 'partial', isCrisp: gap === 0, about };
}

/** A capacity without rounding beyond its ends; NaN stays. */
function clampCapacity(c: number): number {
  return Number.isNaN(c) ? c : Math.min(1, Math.max(0, c));
}

function measuredStyle(r: number): DotStyle {
  return { role: 'ps-ink ps-outline', r, outline: r * 0.3 };
}

function legendOf(
  { measured, dims }: CapacityBarsData,
  values: readonly number[],
  phases: readonly Phase[],
): LegendItem[] {
  const items = phaseLegend(new Set(phases.filter((_, i) => !Number.isNaN(values[i]))));
  if (measured !== undefined) {
    items.push({ label: measured.label, width: 10, sample: dot(0, 0, measuredStyle(4)) });
  }
  if (dims !== undefined) {
    items.push(lineItem(`equal share D/N = ${formatNumber(dims / values.length, 3)}`, SHARE));
  }
  if (values.some(Number.isNaN)) items.push(NO_VALUE);
  return items;
}
