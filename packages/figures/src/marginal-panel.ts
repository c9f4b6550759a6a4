import { makeAxis, type AxisSpec } from './axis.ts';
import { yAxisWidth } from './draw-axis.ts';
import { placeNames } from './end-names.ts';
import { formatNumber } from './format.ts';
import { clipped, layoutPlot, plotFrame, type Box } from './layout.ts';
import { phaseSymbol, type Phase } from './phase.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { ellipsis, label, textWidth } from './text.ts';
import { rampClass } from './theme.ts';

/** The marginal benefit -dL/dC of one feature, as a function of its capacity. */
export interface MarginalCurve {
  /** Default: the importance. */
  readonly label?: string;
  readonly importance: number;
  /** At each of the capacities of `MarginalBenefitData`; what is not positive interrupts the curve. */
  readonly benefit: ArrayLike<number>;
  /** Where the optimal allocation puts the feature. */
  readonly optimum?: { readonly capacity: number; readonly benefit: number; readonly phase: Phase };
}

export interface MarginalBenefitData {
  /** The capacities in [0, 1], ascending, at which all benefits are given. */
  readonly capacities: ArrayLike<number>;
  readonly curves: readonly MarginalCurve[];
  /** The level shared by all partially represented features. */
  readonly price?: number;
  /** Heads the names of the curves. Default 'importance'. */
  readonly labelHeading?: string;
}

export interface PanelOptions {
  /** Leave the axes' titles out. Default false. */
  readonly bare?: boolean;
  /** Heads the names of the curves; left out where undefined. */
  readonly heading?: string;
  /** The least pixels beside the plot, to line panels up. */
  readonly left?: number;
  readonly right?: number;
  /** The panels whose importances decide the colours. Default: this one alone. */
  readonly coloursOf?: readonly MarginalBenefitData[];
}

export const CAPACITY_TITLE = 'capacity C';
export const BENEFIT_TITLE = 'marginal benefit −dL/dC';
const NAME_SIZE = 10.5;
const LONGEST_NAME = 96;

/** Curves, price and optima in a box, each curve named at its right end. */
export function drawMarginalPanel(
  data: MarginalBenefitData,
  box: Box,
  options: PanelOptions = {},
): Markup {
  const { curves, capacities, price } = data;
  const names = curveNames(data);
  const bare = options.bare ?? false;
  const plot = layoutPlot(
    box,
    { label: CAPACITY_TITLE, scale: 'linear', domain: [0, 1] },
    benefitAxis(data),
    {
      left: options.left ?? 0,
      right: Math.max(options.right ?? 0, nameRoom(data, options.heading)),
      top: options.heading === undefined ? 8 : 20,
      bareX: bare,
      bareY: bare,
    },
  );
  const { area, x, y } = plot;
  const colour = importanceColour((options.coloursOf ?? [data]).flatMap((panel) => panel.curves));
  const ends: (number | undefined)[] = [];
  const lines = curves.map((curve) => {
    const points: [number, number][] = [];
    for (let i = 0; i < capacities.length; i++) {
      points.push([x.position(capacities[i]), y.position(curve.benefit[i])]);
    }
    ends.push(points.findLast((point) => Number.isFinite(point[1]))?.[1]);
    const d = polyline(points);
    return element('path', {
      class: colour(curve),
      'stroke-width': 1.7,
      'stroke-linejoin': 'round',
      d,
    });
  });
  const optima = curves.map(({ optimum }) => {
    if (optimum === undefined) return fragment();
    const [px, py] = [x.position(optimum.capacity), y.position(optimum.benefit)];
    return Number.isFinite(px) && Number.isFinite(py)
      ? phaseSymbol(optimum.phase, px, py, 3.8)
      : fragment();
  });
  const edge = area.x + area.width;
  return fragment(
    y.ticks
      .filter((tick) => tick.label !== '')
      .map((tick) => horizontal('ps-grid', area, y.position(tick.value))),
    clipped(area, ...lines),
    price === undefined ? [] : priceLevel(price, area, y.position(price)),
    plotFrame(area),
    ...optima,
    plot.axes,
    options.heading === undefined
      ? []
      : label(edge + 10, area.y - 7, options.heading, { size: NAME_SIZE, role: 'ps-muted' }),
    placeNames(ends, area).map(({ index, at, wanted }) =>
      fragment(
        element('path', {
          class: colour(curves[index]),
          d: polyline([
            [edge, wanted],
            [edge + 8, at],
          ]),
        }),
        label(edge + 11, at + 3.7, names[index], { size: NAME_SIZE }),
      ),
    ),
  );
}

function curveNames({ curves }: MarginalBenefitData): string[] {
  return curves.map((curve) =>
    ellipsis(curve.label ?? formatNumber(curve.importance), LONGEST_NAME, NAME_SIZE),
  );
}

function nameRoom(data: MarginalBenefitData, heading: string = ''): number {
  const names = [...curveNames(data), heading];
  return 18 + Math.max(...names.map((name) => textWidth(name, NAME_SIZE)));
}

/** Pixels beside the plots that are enough for each of several bare panels. */
export function commonMargins(panels: readonly MarginalBenefitData[]): {
  left: number;
  right: number;
} {
  const lefts = panels.map((data) => yAxisWidth(makeAxis(benefitAxis(data), [0, 170], 'y'), 0));
  return { left: Math.max(...lefts), right: Math.max(...panels.map((data) => nameRoom(data))) };
}

/** The log axis that holds all benefits, all optima and the price, with some air. */
function benefitAxis({ curves, price }: MarginalBenefitData): AxisSpec {
  const levels = curves
    .flatMap(({ benefit, optimum }) => [...Array.from(benefit), optimum?.benefit ?? Number.NaN])
    .concat(price ?? Number.NaN)
    .filter((value) => value > 0 && value < Infinity);
  let [low, high] = [Infinity, -Infinity];
  for (const value of levels) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (levels.length === 0) [low, high] = [1, 1];
  const air = Math.max(1.35, (high / low) ** 0.04);
  return { label: BENEFIT_TITLE, scale: 'log', domain: [high * air, low / air] };
}

function importanceColour(curves: readonly MarginalCurve[]): (curve: MarginalCurve) => string {
  const positive = curves.every(({ importance }) => importance > 0);
  const measure = ({ importance }: MarginalCurve): number =>
    positive ? Math.log(importance) : importance;
  const all = curves.map(measure);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return (curve) => rampClass(high > low ? (measure(curve) - low) / (high - low) : 0.4);
}

function horizontal(role: string, area: Box, y: number, dash?: string): Markup {
  return element('path', {
    class: role,
    d: polyline([
      [area.x, y],
      [area.x + area.width, y],
    ]),
    'stroke-dasharray': dash,
  });
}

function priceLevel(price: number, area: Box, y: number): Markup {
  if (!Number.isFinite(y)) return fragment();
  // The name stands in the middle of the plot: optima crowd at its two sides.
  return fragment(
    horizontal('ps-rule', area, y, '6 4'),
    label(area.x + area.width * 0.7, y - 6, `price ${formatNumber(price, 3)}`, {
      anchor: 'middle',
      role: 'ps-halo',
    }),
  );
}
