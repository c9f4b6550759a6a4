import { positiveInteger } from '@polysem/numerics/checks';
import type { Loss } from '../models/loss.ts';

/** Options of {@link lbfgs}. */
export interface LbfgsOptions {
  /** Number of recent pairs of step and gradient change to keep; 30 if absent. */
  readonly memory?: number;
  /** Largest number of iterations; 2000 if absent. */
  readonly maxIterations?: number;
  /** Stop when the largest absolute gradient entry is at most this fraction of its value at the start; 1e-12 if absent. */
  readonly gradientTolerance?: number;
  /**
   * Relative rounding error of the loss, for losses computed in lower precision than float64. Two values that differ by
   * less count as equal, and the slope decides between them. The search ends when the next step promises a smaller
   * decrease than this. 0 if absent.
   */
  readonly rounding?: number;
  /**
   * Curvature condition that a step must meet. Strong Wolfe: the absolute slope at the new point is at most 0.9 times the
   * absolute slope at the old one. Weak Wolfe: the slope only must not be more negative than 0.9 times the old slope. Near
   * a kink between two steep slopes no point meets the strong condition, and the search would halve its interval to
   * nothing; a point that meets the weak condition always exists (Lewis & Overton 2013, Nonsmooth optimization via
   * quasi-Newton methods). Strong if absent.
   */
  readonly wolfe?: 'strong' | 'weak';
}

/** Result of {@link lbfgs}. */
export interface LbfgsResult {
  readonly parameters: Float64Array;
  readonly loss: number;
  readonly iterations: number;
  readonly evaluations: number;
  /**
   * Reason for stopping: the gradient is small enough, no step improves the loss within its precision, `maxIterations` is
   * reached, or the loss at the start is not finite.
   */
  readonly stopped: 'gradient' | 'precision' | 'iterations' | 'non-finite';
}

const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
const MAX_TRIALS = 40;
/** Number of consecutive steps without a gain beyond rounding error after which the search stops. */
const MAX_STALLED_STEPS = 3;

/**
 * State of an L-BFGS search: the current point, its gradient, and the recent steps and gradient changes that approximate
 * the curvature. Plain data that can be stored or sent to a worker; updated in place.
 */
export interface LbfgsState {
  parameters: Float64Array;
  gradient: Float64Array;
  loss: number;
  /** Iterations taken. */
  step: number;
  evaluations: number;
  /** The search stops once no gradient entry exceeds this in absolute value. */
  readonly gradientTarget: number;
  /**
   * Ring buffers of recent steps s, recent gradient changes y, and their inner products s . y. Those of steps and changes grow
   * as they are filled: most searches of small models end before that.
   */
  readonly steps: Float64Array[];
  readonly changes: Float64Array[];
  readonly curvatures: Float64Array;
  /** Pairs stored since the last reset. */
  stored: number;
  /** Consecutive steps without a gain beyond rounding error. */
  stalled: number;
  /** Reason for stopping; null while the search is running. */
  stopped: LbfgsResult['stopped'] | null;
}

/**
 * Limited-memory BFGS with a Wolfe line search (Nocedal & Wright, Numerical Optimization, algorithms 7.5, 3.5 and 3.6),
 * for deterministic losses.
 *
 * @param loss the loss to minimise, with its gradient.
 * @param start initial parameters; copied.
 * @param options memory, stopping rules and the kind of line search.
 * @returns the last point, its loss, and the reason for stopping.
 * @throws RangeError if the start does not have the size of the loss, or `memory` is not a positive integer.
 *
 * @example
 * ```js
 * import { lbfgs } from 'polysem/descent';
 * const evaluate = ([x], gradient) => {
 *   gradient[0] = 2 * (x - 3);
 *   return (x - 3) ** 2;
 * };
 * lbfgs({ size: 1, evaluate }, Float64Array.of(0)).parameters[0]; // 3
 * ```
 */
export function lbfgs(loss: Loss, start: Float64Array, options: LbfgsOptions = {}): LbfgsResult {
  const state = beginLbfgs(loss, start, options);
  continueLbfgs(loss, state, Infinity, options);
  const { parameters, step, evaluations, stopped } = state;
  return {
    parameters,
    loss: state.loss,
    iterations: step,
    evaluations,
    stopped: stopped ?? 'iterations',
  };
}

/** Starts a search: evaluates the loss at the initial parameters. @throws RangeError as {@link lbfgs}. */
export function beginLbfgs(
  loss: Loss,
  start: Float64Array,
  { memory = 30, gradientTolerance = 1e-12 }: LbfgsOptions = {},
): LbfgsState {
  const { size } = loss;
  if (start.length !== size)
    throw new RangeError(`start: ${start.length} numbers for ${size} parameters`);
  positiveInteger('memory', memory);
  const parameters = start.slice();
  const gradient = new Float64Array(size);
  const value = loss.evaluate(parameters, gradient);
  return {
    parameters,
    gradient,
    loss: value,
    step: 0,
    evaluations: 1,
    gradientTarget: largest(gradient) * gradientTolerance,
    steps: [],
    changes: [],
    curvatures: new Float64Array(memory),
    stored: 0,
    stalled: 0,
    stopped: Number.isFinite(value) ? null : 'non-finite',
  };
}

/** Lets a search that stopped at the precision of its loss continue, for options with a smaller `rounding`. */
export function resumeLbfgs(state: LbfgsState): void {
  if (state.stopped !== 'precision') return;
  state.stopped = null;
  state.stalled = 0;
}

/** Takes up to `iterations` more iterations. The result does not depend on how iterations are split into calls. */
export function continueLbfgs(
  loss: Loss,
  state: LbfgsState,
  iterations: number,
  { maxIterations = 2000, rounding = 0, wolfe = 'strong' }: LbfgsOptions = {},
): void {
  if (state.stopped !== null) return;
  const isWeak = wolfe === 'weak';
  const { gradientTarget } = state;
  const { size } = loss;
  const weights = new Float64Array(state.curvatures.length);
  const direction = new Float64Array(size);
  let x = state.parameters;
  let gradient = state.gradient;
  let nextX: Float64Array = new Float64Array(size);
  let nextGradient: Float64Array = new Float64Array(size);
  let value = state.loss;
  const end = (stopped: LbfgsResult['stopped']): void => {
    state.stopped = stopped;
  };

  const until = Math.min(maxIterations, state.step + iterations);
  for (; state.step < until; state.step++) {
    if (largest(gradient) <= gradientTarget) return end('gradient');

    const slope = setDirection(direction, state, gradient, weights);

    const slack = rounding * Math.abs(value);
    if (-slope <= slack) return end('precision');

    const first =
      state.stored > 0
        ? 1
        : Math.min(1, Math.sqrt(dot(x, x) / -slope) * 0.1 || 1 / Math.sqrt(-slope));
    const found = lineSearch(first);
    if (found === null) {
      if (state.stored === 0 || -slope <= 16 * slack) return end('precision');
      state.stored = 0;
      continue;
    }
    state.stalled = value - found <= slack ? state.stalled + 1 : 0;
    const usable = writeStep(state, [x, nextX], [gradient, nextGradient]);
    [x, nextX] = [nextX, x];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = found;
    state.parameters = x;
    state.gradient = gradient;
    state.loss = value;
    if (usable) state.stored++;
    if (rounding > 0 && state.stalled >= MAX_STALLED_STEPS) {
      state.step++;
      return end('precision');
    }

    /** Writes the accepted point to `nextX` and its gradient to `nextGradient`. Returns its loss; null if none is found. */
    function lineSearch(firstTrial: number): number | null {
      const at0 = value;
      let low = 0;
      let lowValue = at0;
      let lowSlope = slope;
      let high = Infinity;
      let highValue = Infinity;
      let trial = firstTrial;
      let bestSeen = -1;
      for (let attempt = 0; attempt < MAX_TRIALS; attempt++) {
        for (let j = 0; j < size; j++) nextX[j] = x[j] + trial * direction[j];
        const now = loss.evaluate(nextX, nextGradient);
        state.evaluations++;
        const nowSlope = dot(nextGradient, direction);
        // Losses that are equal up to rounding are compared by slope (approximate Wolfe conditions, Hager & Zhang 2005).
        const isLevel =
          now <= at0 + slack && nowSlope <= (2 * SUFFICIENT_DECREASE - 1) * slope && slack > 0;
        if (isLevel && nowSlope >= CURVATURE * slope) return now;
        const isHigh = !isWeak && now >= lowValue;
        if (!(now <= at0 + SUFFICIENT_DECREASE * trial * slope) || isHigh) {
          high = trial;
          highValue = now;
        } else if ((isWeak ? -nowSlope : Math.abs(nowSlope)) <= -CURVATURE * slope) {
          return now;
        } else {
          // In a weak search `low` is always the end nearer to the start.
          if (!isWeak && nowSlope * (high - low) >= 0) {
            high = low;
            highValue = lowValue;
          }
          low = trial;
          lowValue = now;
          lowSlope = nowSlope;
          bestSeen = trial;
        }
        if (high === Infinity) {
          trial *= 4;
          continue;
        }
        const width = high - low;
        if (Math.abs(width) <= 1e-14 * Math.max(Math.abs(high), Math.abs(low))) break;
        if (isWeak && Math.abs(lowSlope * width) <= slack) break;
        // Minimum of the parabola through both ends with the slope at `low`; bisect if it is too close to an end.
        const parabola = Number.isFinite(highValue)
          ? (-lowSlope * width * width) / (2 * (highValue - lowValue - lowSlope * width))
          : NaN;
        const share = parabola / width;
        trial = low + width * (share > 0.1 && share < 0.9 ? share : 0.5);
      }
      if (bestSeen <= 0) return null;
      for (let j = 0; j < size; j++) nextX[j] = x[j] + bestSeen * direction[j];
      state.evaluations++;
      return loss.evaluate(nextX, nextGradient);
    }
  }
  if (state.step >= maxIterations) end('iterations');
}

/** Writes a step and the change of the gradient over the oldest ones. Returns whether their curvature is large enough. */
function writeStep(
  { steps, changes, curvatures, stored }: LbfgsState,
  [x, nextX]: readonly [Float64Array, Float64Array],
  [gradient, nextGradient]: readonly [Float64Array, Float64Array],
): boolean {
  const at = stored % curvatures.length;
  if (at === steps.length) {
    steps.push(new Float64Array(x.length));
    changes.push(new Float64Array(x.length));
  }
  for (let j = 0; j < x.length; j++) {
    steps[at][j] = nextX[j] - x[j];
    changes[at][j] = nextGradient[j] - gradient[j];
  }
  curvatures[at] = dot(steps[at], changes[at]);
  return curvatures[at] > Number.EPSILON * dot(changes[at], changes[at]) * 1e-3;
}

/**
 * Sets `direction` to minus the approximate inverse Hessian times the gradient, by the two-loop recursion (Nocedal 1980). If
 * the loss does not fall in that direction, forgets all steps and takes minus the gradient.
 *
 * @param weights workspace with one number per stored step.
 * @returns the slope of the loss along the direction.
 */
function setDirection(
  direction: Float64Array,
  state: LbfgsState,
  gradient: Float64Array,
  weights: Float64Array,
): number {
  const { steps, changes, curvatures, stored } = state;
  const memory = curvatures.length;
  const size = direction.length;
  for (let j = 0; j < size; j++) direction[j] = -gradient[j];
  const oldest = Math.max(0, stored - memory);
  for (let m = stored - 1; m >= oldest; m--) {
    const at = m % memory;
    weights[at] = dot(steps[at], direction) / curvatures[at];
    addScaled(direction, changes[at], -weights[at]);
  }
  if (stored > 0) {
    const at = (stored - 1) % memory;
    const factor = curvatures[at] / dot(changes[at], changes[at]);
    for (let j = 0; j < size; j++) direction[j] *= factor;
  }
  for (let m = oldest; m < stored; m++) {
    const at = m % memory;
    addScaled(direction, steps[at], weights[at] - dot(changes[at], direction) / curvatures[at]);
  }
  const slope = dot(gradient, direction);
  if (slope < 0) return slope;
  for (let j = 0; j < size; j++) direction[j] = -gradient[j];
  state.stored = 0;
  return dot(gradient, direction);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let j = 0; j < target.length; j++) target[j] += factor * source[j];
}

function largest(values: Float64Array): number {
  let max = 0;
  for (let j = 0; j < values.length; j++) max = Math.max(max, Math.abs(values[j]));
  return max;
}
