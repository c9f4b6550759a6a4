import type { ToyModel } from '../models/toy-model.ts';

/** What the largest importance may be, so that squares of gradients, Adam's second moments, are numbers of float32. */
const IMPORTANCES = [1e-12, 1e12] as const;

/**
 * Checks that float32 kernels can train a model.
 *
 * @throws RangeError naming the importance that they cannot hold.
 */
export function checkFloat32Range({ importance }: ToyModel): void {
  const largest = importance.reduce((most, v) => Math.max(most, v), 0);
  if (largest >= IMPORTANCES[0] && largest <= IMPORTANCES[1]) return;
  throw new RangeError(
    `importance: the largest is ${largest}, and float32 kernels take ${IMPORTANCES.join(' to ')}; scale all by one number, or take the typescript kernel`,
  );
}
