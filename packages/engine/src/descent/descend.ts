import type { Loss } from '../models/loss.ts';
import { clipFactor, gradientNorm } from './clip.ts';
import { descentStep, type DescentState, type FirstOrder } from './optimiser.ts';
import { scheduleFactor, type Schedule } from './schedule.ts';

/** Settings of a first-order descent, as plain data. */
export interface DescentPlan {
  readonly optimiser: FirstOrder;
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** Length of the whole descent, which the schedule spans. */
  readonly steps: number;
  /** Largest gradient norm; longer gradients are scaled down to it. Null for no clipping. */
  readonly clip: number | null;
}

/** Initial state of a descent from `start`, which is copied. */
export function beginDescent(start: ArrayLike<number>): DescentState {
  return {
    parameters: Float64Array.from(start),
    first: new Float64Array(start.length),
    second: new Float64Array(start.length),
    step: 0,
  };
}

/**
 * Runs a first-order descent for `losses.length` steps. It stops early, before updating, if a loss or its gradient norm is
 * not finite.
 *
 * @param lossAt returns the loss for a step: on a fresh batch each time, or the same loss at every step.
 * @param plan optimiser, learning rate, schedule and clipping.
 * @param state parameters and optimiser state; updated in place.
 * @param losses receives the loss before each step.
 * @returns the number of steps taken.
 */
export function descend(
  lossAt: (step: number) => Loss,
  { optimiser, learningRate, schedule, steps, clip }: DescentPlan,
  state: DescentState,
  losses: Float64Array,
): number {
  const { parameters } = state;
  const gradient = new Float64Array(parameters.length);
  for (let taken = 0; taken < losses.length; taken++) {
    const loss = lossAt(state.step).evaluate(parameters, gradient);
    const norm = gradientNorm(gradient);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) return taken;
    losses[taken] = loss;
    const factor = clipFactor(norm, clip);
    if (factor < 1) for (let j = 0; j < gradient.length; j++) gradient[j] *= factor;
    const rate = learningRate * scheduleFactor(schedule, state.step, steps);
    descentStep(optimiser, state, gradient, rate);
  }
  return losses.length;
}
