import type { Loss } from '../models/loss.ts';
import { stepper, type FirstOrder } from './optimiser.ts';

/** How the learning rate goes through the steps: constant, or down to 0 along half a cosine. */
export type Schedule = 'constant' | 'cosine';

/** Options of {@link descend}. */
export interface DescendOptions {
  readonly optimiser: FirstOrder;
  readonly steps: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
}

/** What {@link descend} ends with. */
export interface Descent {
  readonly parameters: Float64Array;
  /** The loss seen at the last step, before it was taken. */
  readonly loss: number;
  readonly steps: number;
  /** Null, or the step at which the loss was no longer finite; parameters are those before that step. */
  readonly failedAt: number | null;
}

/**
 * First-order descent: one optimiser step for each loss that `draw` hands out, which may be a fresh batch each time
 * or the same loss always.
 */
export function descend(
  draw: (step: number) => Loss,
  start: Float64Array,
  { optimiser, steps, learningRate, schedule }: DescendOptions,
): Descent {
  const parameters = start.slice();
  const gradient = new Float64Array(start.length);
  const move = stepper(optimiser, start.length);
  let loss = NaN;
  for (let step = 0; step < steps; step++) {
    const now = draw(step).evaluate(parameters, gradient);
    if (!Number.isFinite(now)) return { parameters, loss, steps: step, failedAt: step };
    loss = now;
    const rate = schedule === 'constant' ? 1 : (1 + Math.cos((Math.PI * step) / steps)) / 2;
    move(parameters, gradient, step, learningRate * rate);
  }
  return { parameters, loss, steps, failedAt: null };
}
