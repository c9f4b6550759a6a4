import { makeAxis, TICK_SIZE } from './axis.ts';
import { namesOrNumbers, thinnedLabels, widestLabel } from './categories.ts';
import { drawYAxis, TITLE_LEADING, TITLE_SIZE, yAxisWidth } from './draw-axis.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import { hatching, type Box } from './layout.ts';
import { drawLegend, NO_VALUE, type LegendItem } from './legend.ts';
import { phaseLegend, phaseOfCapacity, type Phase } from './phase.ts';
import { phaseStrip } from './phase-strip.ts';
import { element, fragment, text, type Markup } from './svg.ts';
import { label } from './text.ts';

/** Capacities of N features, drawn in the order given. */
export interface CapacityBarsData {
  /** N numbers in [0, 1]; NaN where there is no value. */
  readonly capacities: ArrayLike<number>;
  /** Default: by `phaseOfCapacity`, within 1e-3. */
  readonly phases?: readonly Phase[];
  /** Default: the features' numbers, from 0. */
  readonly labels?: readonly string[];
  /** Shown below the labels. */
  readonly importances?: ArrayLike<number>;
  /** A second series of N capacities, drawn as dots, such as what training reached. */
  readonly measured?: { readonly label: string; readonly capacities: ArrayLike<number> };
  /** D: adds the sum of the capacities beside D to the subtitle, and the level D / N as a line. */
  readonly dims?: number;
}

/**
 * One bar a feature, its height the capacity, its colour and its symbol the phase.
 *
 * @throws RangeError if there are no features, two series differ in length, or a capacity is
 * outside of [0, 1].
 */
export function capacityBarsFigure(data: CapacityBarsData, options: FigureOptions): string {
  const values = Array.from(data.capacities);
  const n = values.length;
  if (n === 0) throw new RangeError('capacityBarsFigure: there are no features');
  for (const [name, length] of [
    ['phases', data.phases?.length],
    ['labels', data.labels?.length],
    ['importances', data.importances?.length],
    ['measured capacities', data.measured?.capacities.length],
  ] as const) {
    if (length !== undefined && length !== n) {
      throw new RangeError(`capacityBarsFigure: ${n} capacities, but ${length} ${name}`);
    }
  }
  for (const c of [...values, ...Array.from(data.measured?.capacities ?? [])]) {
    // A little beyond the ends is rounding.
    if (c < -1e-6 || c > 1 + 1e-6) throw new RangeError(`capacityBarsFigure: ${c} is no capacity`);
  }
  const phases = values.map((c, i) => data.phases?.[i] ?? phaseOfCapacity(c));
  return figureDocument(
    { ...options, subtitle: withSum(values, data.dims, options.subtitle) },
    {
      width: 720,
      height: 380,
      description: `Bars of the capacity of ${n} features`,
      draw: (box) => drawBars(data, values, phases, box),
    },
  );
}

function withSum(values: readonly number[], dims?: number, subtitle: string = ''): string {
  if (dims === undefined) return subtitle;
  const sum = values.reduce((total, c) => total + (Number.isNaN(c) ? 0 : c), 0);
  const line = `sum of capacities ${formatNumber(sum)} in ${dims} dimensions`;
  return subtitle === '' ? line : `${subtitle} · ${line}`;
}

function drawBars(
  data: CapacityBarsData,
  values: readonly number[],
  phases: readonly Phase[],
  box: Box,
): Markup {
  const n = values.length;
  const share = data.dims === undefined ? undefined : data.dims / n;
  const legend = drawLegend(legendOf(data, values, phases), box.x, box.y, box.width);
  const top = box.y + legend.height + 12;
  const { importances } = data;
  const names = namesOrNumbers(n, data.labels);
  const labelRows =
    importances === undefined
      ? [names]
      : [names, Array.from(importances, (importance) => formatNumber(importance, 3))];
  const symbolRow = 16;
  const footer = symbolRow + labelRows.length * 14 + TITLE_LEADING + 8;
  const bottom = box.y + box.height - footer;

  const spec = { label: 'capacity C', scale: 'linear', domain: [1, 0] } as const;
  const axis = makeAxis(spec, [top, bottom], 'y');
  const left = yAxisWidth(axis, 1);
  const widest = Math.max(...labelRows.map((row) => widestLabel(row, TICK_SIZE)));
  const room = box.width - left;
  // Half of the last label may stand beyond its bar.
  const right = Math.max(4, (widest - room / n) / 2);
  const plot = { x: box.x + left, y: top, width: room - right, height: bottom - top };
  if (!(plot.width >= 40 && plot.height >= 40)) {
    throw new RangeError(`figure: ${box.width} x ${box.height} pixels leave no room for the plot`);
  }
  const pitch = plot.width / n;
  const gap = pitch > 4.5 ? pitch * 0.22 : 0;
  // Bars that touch would show seams where their edges fall between pixels.
  const edges = gap === 0 ? 'crispEdges' : undefined;
  const at = (i: number): number => plot.x + (i + 0.5) * pitch;
  const level = (c: number): number => axis.position(Math.min(1, Math.max(0, c)));

  const shown = phases.map((phase, i) => (Number.isNaN(values[i]) ? undefined : phase));
  const grid = axis.ticks.map(({ value }) => rule('ps-grid', plot, axis.position(value)));
  const bars = values.map((c, i) => {
    const width = Math.min(64, pitch - gap);
    const x = at(i) - width / 2;
    if (Number.isNaN(c)) return missing({ ...plot, x, width });
    const y = level(c);
    const bar = { x, y, width, height: bottom - y };
    const striped = phases[i] === 'partial' && width >= 7 && bar.height > 1;
    return fragment(
      element(
        'rect',
        { class: `ps-${phases[i]}`, ...bar, 'shape-rendering': edges },
        title(
          labelRows.map((row) => row[i]),
          c,
        ),
      ),
      striped ? hatching(bar, 'ps-stripe', 6) : [],
    );
  });
  const dots = Array.from(data.measured?.capacities ?? []).map((c, i) =>
    Number.isNaN(c) ? fragment() : dot(at(i), level(c), Math.max(1.6, Math.min(4, pitch * 0.3))),
  );
  return fragment(
    legend.markup,
    ...grid,
    ...bars,
    share === undefined ? [] : rule('ps-rule', plot, level(share), '5 4'),
    ...dots,
    rule('ps-line', plot, bottom),
    drawYAxis(axis, plot.x, ['capacity C'], left),
    phaseStrip(shown, at, pitch, bottom + 9),
    labelRows.flatMap((lines, row) =>
      thinnedLabels(lines, pitch, TICK_SIZE).map(({ index, line }) =>
        label(at(index), bottom + symbolRow + 14 + row * 14, line, {
          anchor: 'middle',
          size: TICK_SIZE,
          role: row === 0 ? 'ps-ink' : 'ps-muted',
        }),
      ),
    ),
    label(
      plot.x + plot.width / 2,
      box.y + box.height - 2,
      importances === undefined ? 'feature' : 'feature, its importance below',
      { anchor: 'middle', size: TITLE_SIZE },
    ),
  );
}

function legendOf(
  data: CapacityBarsData,
  values: readonly number[],
  phases: readonly Phase[],
): LegendItem[] {
  const items = phaseLegend(new Set(phases.filter((_, i) => !Number.isNaN(values[i]))));
  if (data.measured !== undefined) {
    items.push({ label: data.measured.label, width: 10, sample: (x, y) => dot(x, y, 4) });
  }
  if (data.dims !== undefined) {
    const share = formatNumber(data.dims / values.length, 3);
    items.push({
      label: `equal share D/N = ${share}`,
      width: 26,
      sample: (x, y) => rule('ps-rule', { x: x - 13, y, width: 26, height: 0 }, y, '5 4'),
    });
  }
  if (values.some(Number.isNaN)) items.push(NO_VALUE);
  return items;
}

function missing(bar: Box): Markup {
  const blank = element('rect', { class: 'ps-blank', ...bar });
  return bar.width > 4 ? fragment(blank, hatching(bar, 'ps-hatch')) : blank;
}

function title(name: readonly string[], c: number): Markup {
  return element('title', {}, text(`feature ${name.join(', importance ')}: ${formatNumber(c)}`));
}

function rule(role: string, plot: Box, y: number, dash?: string): Markup {
  return element('path', {
    class: role,
    d: `M${plot.x.toFixed(2)} ${y.toFixed(2)}h${plot.width.toFixed(2)}`,
    'stroke-dasharray': dash,
  });
}

function dot(x: number, y: number, r: number): Markup {
  return element('circle', {
    class: 'ps-ink ps-outline',
    cx: x,
    cy: y,
    r,
    'stroke-width': r * 0.3,
  });
}
