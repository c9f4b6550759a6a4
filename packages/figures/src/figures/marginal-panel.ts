import { clip } from '../marks/clip.ts';
import { dot } from '../marks/dot.ts';
import { endNames } from '../marks/end-names.ts';
import { frame } from '../marks/frame.ts';
import { gridY } from '../marks/grid.ts';
import { line } from '../marks/line.ts';
import { phaseSymbol } from '../marks/phase-symbol.ts';
import { ruleY } from '../marks/rule.ts';
import { makeAxis, type AxisSpec } from '../plot/axis.ts';
import type { Box } from '../plot/box.ts';
import { yAxisWidth } from '../plot/draw-axis.ts';
import { drawMarks, layoutPlot, type Mark } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup, type Point } from '../svg/svg.ts';
import { ellipsis, textLine, textWidth } from '../svg/text.ts';
import type { Phase } from '../theme/phase.ts';
import { rampClass } from '../theme/theme.ts';

/** The marginal benefit -dL/dC of one feature as a function of its capacity. */
export interface MarginalCurve {
  /** Default: the importance. */
  readonly label?: string;
  readonly importance: number;
  /** One value per capacity of `MarginalBenefitData`; values that are not positive interrupt the curve. */
  readonly benefit: ArrayLike<number>;
  /** The capacity of the feature in the optimal allocation. */
  readonly optimum?: { readonly capacity: number; readonly benefit: number; readonly phase: Phase };
}

/** Data of `marginalBenefitFigure`. */
export interface MarginalBenefitData {
  /** The capacities in [0, 1], ascending, at which benefits are given. */
  readonly capacities: ArrayLike<number>;
  readonly curves: readonly MarginalCurve[];
  /** The marginal benefit that all partially represented features have at the optimum. */
  readonly price?: number;
  /** Heading of the names of the curves. Default 'importance'. */
  readonly labelHeading?: string;
}

/** Layout of a panel among others. */
export interface PanelOptions {
  /** Leave out the titles of the axes. Default false. */
  readonly bare?: boolean;
  /** Heading of the names of the curves. Default: none. */
  readonly heading?: string;
  /** Minimum pixels left and right of the plot, to align panels. */
  readonly left?: number;
  readonly right?: number;
  /** The panels whose importances decide the colours. Default: this one only. */
  readonly coloursOf?: readonly MarginalBenefitData[];
}

export const CAPACITY_TITLE = 'capacity C';
export const BENEFIT_TITLE = 'marginal benefit −dL/dC';
const NAME_SIZE = 10.5;
const LONGEST_NAME = 96;

/** Draws curves, price and optima, with the name of each curve at its right end. */
export function drawMarginalPanel(
  data: MarginalBenefitData,
  box: Box,
  options: PanelOptions = {},
): Markup {
  const { curves, capacities, price } = data;
  const { heading, bare = false } = options;
  const plot = layoutPlot(
    box,
    { label: CAPACITY_TITLE, scale: 'linear', domain: [0, 1] },
    benefitAxis(data),
    {
      left: options.left ?? 0,
      right: Math.max(options.right ?? 0, nameRoom(data, heading)),
      top: heading === undefined ? 8 : 20,
      bareX: bare,
      bareY: bare,
    },
  );
  const { area } = plot;
  const colour = importanceColour((options.coloursOf ?? [data]).flatMap((panel) => panel.curves));
  const points = curves.map(({ benefit }) =>
    Array.from(capacities, (c, i): Point => [c, benefit[i]]),
  );
  const names = curves.map((curve, i) => ({
    at: points[i].findLast(([, value]) => value > 0 && value < Infinity)?.[1],
    name: curveName(curve),
    leader: colour(curve),
  }));
  const lines = points.map((each, i) => line(each, { role: colour(curves[i]), width: 1.7 }));
  const optima = curves.flatMap(({ optimum }) =>
    optimum === undefined
      ? []
      : dot(optimum.capacity, optimum.benefit, phaseSymbol(optimum.phase, 3.8)),
  );
  return fragment(
    drawMarks(
      plot,
      gridY(),
      clip(lines),
      price === undefined ? [] : priceLevel(price, points),
      frame(),
      optima,
    ),
    plot.axes,
    heading === undefined
      ? []
      : textLine(area.x + area.width + 10, area.y - 7, heading, {
          size: NAME_SIZE,
          role: 'ps-muted',
        }),
    endNames(names, { size: NAME_SIZE, gap: 0, longest: LONGEST_NAME })(plot),
  );
}

function curveName({ label, importance }: MarginalCurve): string {
  return ellipsis(label ?? formatNumber(importance), LONGEST_NAME, NAME_SIZE);
}

function nameRoom({ curves }: MarginalBenefitData, heading: string = ''): number {
  const names = [...curves.map(curveName), heading];
  return 18 + Math.max(...names.map((name) => textWidth(name, NAME_SIZE)));
}

/** Pixels left and right of the plots that suffice for each of several panels without titles. */
export function commonMargins(panels: readonly MarginalBenefitData[]): {
  left: number;
  right: number;
} {
  const lefts = panels.map((data) => yAxisWidth(makeAxis(benefitAxis(data), [0, 170], 'y'), 0));
  return { left: Math.max(...lefts), right: Math.max(...panels.map((data) => nameRoom(data))) };
}

/** A log axis that holds all benefits, all optima and the price. */
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
  const margin = Math.max(1.35, (high / low) ** 0.04);
  return { label: BENEFIT_TITLE, scale: 'log', domain: [high * margin, low / margin] };
}

function importanceColour(curves: readonly MarginalCurve[]): (curve: MarginalCurve) => string {
  const isLog = curves.every(({ importance }) => importance >= 0);
  const measure = ({ importance }: MarginalCurve): number =>
    isLog ? Math.log(importance) : importance;
  // An importance of 0 has the colour of the lowest above 0.
  const all = curves.map(measure).filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return (curve) =>
    rampClass(high > low ? Math.max(0, (measure(curve) - low) / (high - low)) : 0.4);
}

const PRICE_SIZE = 11;
/** Places of the label along the plot, the preferred first. The sides are last: optima are there. */
const PRICE_PLACES = [0.7, 0.6, 0.5, 0.8, 0.4, 0.3, 0.2];

/** The price as a dashed level, its label where the fewest curves cross it. */
function priceLevel(price: number, curves: readonly (readonly Point[])[]): Mark {
  return (plot) => {
    const { area, x, y } = plot;
    const at = y.position(price);
    if (!Number.isFinite(at)) return fragment();
    const name = `price ${formatNumber(price, 3)}`;
    const half = textWidth(name, PRICE_SIZE) / 2 + 2;
    const cost = (middle: number): number =>
      curves.filter((points) =>
        points.some(([c, benefit]) => {
          const [px, py] = [x.position(c), y.position(benefit)];
          return Math.abs(px - middle) <= half + area.width / 40 && py > at - 19 && py < at - 2;
        }),
      ).length;
    const places = PRICE_PLACES.map((place) => area.x + area.width * place);
    const best = places.reduce((a, b) => (cost(b) < cost(a) ? b : a));
    const style = { size: PRICE_SIZE, anchor: 'middle', role: 'ps-halo' } as const;
    return fragment(ruleY(price, { dash: '6 4' })(plot), textLine(best, at - 6, name, style));
  };
}
