import type { AxisSpec } from './axis.ts';

/**
 * The axis of training steps. A log scale has room for step 0 at its left edge.
 *
 * @param steps all steps shown, ascending; at least two
 * @param scale of the axis
 */
export function stepAxis(steps: ArrayLike<number>, scale: 'linear' | 'log'): AxisSpec {
  const last = steps[steps.length - 1];
  if (scale === 'linear' || steps[0] > 0) {
    return { label: 'step', scale, domain: [steps[0], last] };
  }
  // Step 0 stands left of the first step, as far as the second is right of it.
  const first = steps[1];
  const second = steps[2] ?? 2 * first;
  const from = first * Math.min(0.5, first / second);
  const domain = [from, Math.max(last, first * 1.01)] as const;
  return { label: 'step (0 at the left edge)', scale, domain };
}

/** The place of a step on an axis of `stepAxis`: the left edge for step 0 on a log scale. */
export function stepPlace(step: number, { scale, domain }: AxisSpec): number {
  return scale === 'log' && step <= 0 ? domain[0] : step;
}
