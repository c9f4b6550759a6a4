import type { AxisSpec } from './axis.ts';
import { layoutPlot, plotFrame, type Box } from './layout.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { ellipsis, label } from './text.ts';
import { rampClass } from './theme.ts';

/** What a training step costs as one size of the work grows. */
export interface CostCurve {
  /** P(active) of the inputs: decides colour and marker. */
  readonly density: number;
  /** Decides the dashes. */
  readonly threads: number;
  /** The sizes at which it was timed, ascending. */
  readonly sizes: ArrayLike<number>;
  /** Microseconds a step at each of them. */
  readonly microseconds: ArrayLike<number>;
}

/** Curves over one size, the others kept. */
export interface CostPanel {
  /** Such as 'Features'. */
  readonly title: string;
  /** What is kept, such as 'batch 1024'. */
  readonly kept?: string;
  /** The x axis: the size that grows, and its unit. */
  readonly label: string;
  readonly unit?: string;
  readonly curves: readonly CostCurve[];
}

/** How a curve is drawn: its colour, its dashes, and whether its marker is a disc or a diamond. */
export interface CostStyle {
  readonly colour: string;
  readonly isRound: boolean;
  readonly dash: string | undefined;
}

export const COST_TITLE = { label: 'time a step', unit: 'µs' } as const;
const HEADING = 36;
const MARKER = 3.4;

/** The style of a curve by its place among all densities and all numbers of threads that occur. */
export function costStyle(
  { density, threads }: Pick<CostCurve, 'density' | 'threads'>,
  densities: readonly number[],
  threadCounts: readonly number[],
): CostStyle {
  const place = densities.indexOf(density);
  const dashes = threadCounts.indexOf(threads);
  return {
    colour: rampClass(0.2 + (0.46 * place) / Math.max(1, densities.length - 1)),
    isRound: place % 2 === 0,
    dash: dashes === 0 ? undefined : `${6 / dashes} ${3 / dashes}`,
  };
}

/** One panel in a box, under its title. */
export function drawCostPanel(
  panel: CostPanel,
  yAxis: AxisSpec,
  styleOf: (curve: CostCurve) => CostStyle,
  box: Box,
): Markup {
  const { title, kept = '', curves, label: name, unit } = panel;
  const inner = { ...box, y: box.y + HEADING, height: box.height - HEADING };
  const xAxis: AxisSpec = {
    label: name,
    ...(unit === undefined ? {} : { unit }),
    scale: 'log',
    domain: widened(
      curves.flatMap(({ sizes }) => Array.from(sizes)),
      1.25,
    ),
  };
  const { area, x, y, axes } = layoutPlot(inner, xAxis, yAxis, { right: 14, top: 4 });
  const lines = curves.map((curve) => {
    const points = Array.from(curve.sizes, (size, i) => {
      return [x.position(size), y.position(curve.microseconds[i])] as const;
    });
    const style = styleOf(curve);
    return fragment(
      costLine(points, style),
      ...points
        .filter(([, at]) => Number.isFinite(at))
        .map(([px, py]) => costMarker(px, py, style)),
    );
  });
  const gridY = y.ticks.filter((tick) => tick.label !== '');
  const right = box.x + box.width - area.x - 14;
  return fragment(
    label(area.x, box.y + 14, ellipsis(title, right, 13, true), { size: 13, bold: true }),
    label(area.x, box.y + 30, ellipsis(kept, right, 11), { role: 'ps-muted' }),
    gridY.map(({ value }) => {
      const at = y.position(value);
      const ends = [
        [area.x, at],
        [area.x + area.width, at],
      ] as const;
      return element('path', { class: 'ps-grid', d: polyline(ends) });
    }),
    plotFrame(area),
    ...lines,
    axes,
  );
}

/** The line of a curve. */
export function costLine(
  points: readonly (readonly [number, number])[],
  { colour, dash }: CostStyle,
): Markup {
  return element('path', {
    class: colour,
    'stroke-width': 1.8,
    'stroke-linejoin': 'round',
    'stroke-dasharray': dash,
    d: polyline(points),
  });
}

/** The marker of a point of a curve: a disc or a diamond, told apart without colour. */
export function costMarker(x: number, y: number, { colour, isRound }: CostStyle): Markup {
  const r = MARKER;
  const d = isRound
    ? `M${at(x - r)} ${at(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`
    : `M${at(x)} ${at(y - r * 1.35)}l${r * 1.35} ${r * 1.35}l${-r * 1.35} ${r * 1.35}l${-r * 1.35} ${-r * 1.35}z`;
  return fragment(
    element('path', { class: 'ps-paper', d }),
    element('path', { class: colour, 'stroke-width': 1.8, d }),
  );
}

const at = (value: number): string => value.toFixed(2);

/** The ends of positive numbers, moved apart by a factor. */
export function widened(values: readonly number[], factor: number): [number, number] {
  const shown = values.filter((value) => value > 0 && value < Infinity);
  if (shown.length === 0) return [1, 10];
  return [Math.min(...shown) / factor, Math.max(...shown) * factor];
}
