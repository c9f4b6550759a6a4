import { integerBetween, positive } from '@polysem/numerics/checks';
import { endNames } from '../marks/end-names.ts';
import { frame } from '../marks/frame.ts';
import { gridX, gridY } from '../marks/grid.ts';
import { lineItem, underLegend, type LegendItem } from '../marks/legend.ts';
import { line, type LineStyle } from '../marks/line.ts';
import { ruleY } from '../marks/rule.ts';
import type { AxisSpec } from '../plot/axis.ts';
import type { Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { drawMarks, layoutPlot } from '../plot/plot.ts';
import { stepAxis, stepPlace } from '../plot/step-axis.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup, type Point } from '../svg/svg.ts';

/** The training loss of one restart. */
export interface LossCurve {
  /** The recorded steps, ascending from 0 or above. */
  readonly steps: ArrayLike<number>;
  /** Loss at each step; NaN for a missing value. */
  readonly loss: ArrayLike<number>;
}

/** Data of `lossFigure`: the restarts of one training. */
export interface LossData {
  readonly restarts: readonly LossCurve[];
  /** Number of the best restart, from 0. Default: the one with the smallest last loss. */
  readonly best?: number;
  /** The certified optimum: a lower bound of the loss that can be reached. */
  readonly optimum?: number;
  /** Label of the y axis. Default 'training loss'. */
  readonly label?: string;
  /** Scale of the steps. A log scale puts step 0 at the left edge. Default 'log'. */
  readonly scale?: 'linear' | 'log';
}

const BEST: LineStyle = { role: 'ps-l0', width: 2.4 };
const OTHER: LineStyle = { role: 'ps-line', width: 1.2, opacity: 0.8 };
const OPTIMUM: LineStyle = { role: 'ps-l1', width: 1.6, dash: '7 4' };
/** Factor by which the y axis extends beyond the losses. */
const MARGIN = 1.15;
/** Pixels for the names of the restarts. */
const NAMES = 62;

/**
 * Draws the training loss of each restart over the steps on log axes, with the best restart
 * emphasised and the certified optimum as a level. A restart that ends above the level is in a local
 * optimum or needs more steps.
 *
 * @param data the restarts and the optimum
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there is no restart, a restart does not have one loss per step or fewer than two
 * steps, steps do not ascend, no loss is positive, or `best` is not the number of a restart.
 * @example
 * ```js
 * import { lossFigure } from 'polysem/figures';
 * const restarts = [{ steps: [0, 10, 100], loss: [3, 1.2, 1] }];
 * const provenance = { polysem: '0.1.0', seed: 0, configuration: null };
 * lossFigure({ restarts, optimum: 0.9 }, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function lossFigure(data: LossData, options: FigureOptions): string {
  checkLoss(data);
  const { restarts, optimum } = data;
  const level = optimum === undefined ? '' : `, with the optimum ${formatNumber(optimum)}`;
  const body = {
    width: 640,
    height: 400,
    description: `Training loss of ${restarts.length} restarts over the steps${level}`,
    draw: (box: Box) => underLegend(legendOf(data), box, (rest) => drawLoss(data, rest)),
  };
  return figureDocument(body, options);
}

function drawLoss(data: LossData, box: Box): Markup {
  const { restarts, optimum, scale = 'log' } = data;
  const best = bestOf(data);
  const steps = restarts.flatMap((restart) => Array.from(restart.steps));
  const x = stepAxis(
    [...new Set(steps)].toSorted((a, b) => a - b),
    scale,
  );
  const plot = layoutPlot(box, x, lossAxis(data), { right: NAMES });
  const curves = restarts.map(({ steps: own, loss }) =>
    Array.from(own, (step, i): Point => [stepPlace(step, x), loss[i]]),
  );
  const lines = curves.map((points, i) =>
    line(points, { ...(i === best ? BEST : OTHER), about: `restart ${i}: ${lastLoss(points)}` }),
  );
  const names = curves.map((points, i) => ({
    at: points.findLast(([, loss]) => loss > 0)?.[1],
    name: `restart ${i}`,
    leader: i === best ? 'ps-l0' : undefined,
    role: i === best ? undefined : 'ps-muted',
  }));
  return fragment(
    drawMarks(
      plot,
      gridX(),
      gridY(),
      lines.filter((_, i) => i !== best),
      optimum === undefined ? [] : ruleY(optimum, OPTIMUM),
      lines[best],
      frame(),
      endNames(names, { longest: NAMES - 12 }),
    ),
    plot.axes,
  );
}

/** A log axis that holds all losses and the optimum. */
function lossAxis({ restarts, optimum, label = 'training loss' }: LossData): AxisSpec {
  const shown = restarts
    .flatMap(({ loss }) => Array.from(loss))
    .concat(optimum ?? [])
    .filter((value) => value > 0 && value < Infinity);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  return { label, scale: 'log', domain: [high * MARGIN, low / MARGIN] };
}

function bestOf({ restarts, best }: LossData): number {
  if (best !== undefined) return best;
  const last = restarts.map(({ loss }) => loss[loss.length - 1]);
  return last.reduce((found, value, i) => (value < last[found] ? i : found), 0);
}

function lastLoss(points: readonly Point[]): string {
  return formatNumber(points[points.length - 1][1]);
}

function legendOf(data: LossData): LegendItem[] {
  const { restarts, optimum } = data;
  return [
    lineItem(`best restart (${bestOf(data)})`, BEST),
    ...(restarts.length > 1 ? [lineItem('other restarts', OTHER)] : []),
    ...(optimum === undefined
      ? []
      : [lineItem(`certified optimum ${formatNumber(optimum)}`, OPTIMUM)]),
  ];
}

function checkLoss({ restarts, best, optimum }: LossData): void {
  const n = restarts.length;
  if (n === 0) throw new RangeError('lossFigure: needs at least one restart');
  restarts.forEach(({ steps, loss }, i) => {
    if (steps.length < 2 || loss.length !== steps.length) {
      throw new RangeError(
        `lossFigure: restarts[${i}] needs at least 2 steps and one loss per step, got ${steps.length} steps and ${loss.length} losses`,
      );
    }
    Array.from(steps).forEach((step, s, all) => {
      if (!(Number.isFinite(step) && step > (s === 0 ? -1e-9 : all[s - 1]))) {
        throw new RangeError(
          `lossFigure: steps must ascend from 0 or above, got restarts[${i}].steps[${s}] = ${step}`,
        );
      }
    });
  });
  if (!restarts.some(({ loss }) => Array.from(loss).some((value) => value > 0))) {
    throw new RangeError('lossFigure: needs at least one positive loss');
  }
  if (best !== undefined) integerBetween('lossFigure: best', best, 0, n - 1);
  if (optimum !== undefined) positive('lossFigure: optimum', optimum);
}
