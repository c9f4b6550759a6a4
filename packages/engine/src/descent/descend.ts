import type { Loss } from '../models/loss.ts';
import { clipFactor, gradientNorm } from './clip.ts';
import { descentStep, type DescentState, type FirstOrder } from './optimiser.ts';
import { scheduleFactor, type Schedule } from './schedule.ts';

/** How a first-order descent goes; plain data. */
export interface DescentPlan {
  readonly optimiser: FirstOrder;
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** Steps of the whole descent, by which the schedule is measured. */
  readonly steps: number;
  /** The largest norm a gradient may have: a longer one is scaled down to it. Null for no bound. */
  readonly clip: number | null;
}

/** A state at the start of a descent. */
export function beginDescent(start: ArrayLike<number>): DescentState {
  return {
    parameters: Float64Array.from(start),
    first: new Float64Array(start.length),
    second: new Float64Array(start.length),
    step: 0,
  };
}

/**
 * First-order descent: takes as many steps as `losses` has room for, each on the loss that `lossAt` gives for it, which
 * may be a fresh batch each time or the same loss always, and writes down the loss before each. Gives the number of
 * steps taken: fewer if a loss or the norm of its gradient was not finite, and the state is then the one before that step.
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
