import { cosineOfHalfTurns } from '@polysem/numerics/elementary';

/** Learning-rate schedule, as plain data. */
export interface Schedule {
  /** Shape after warm-up: constant, or decay to 0 along half a cosine. */
  readonly shape: 'constant' | 'cosine';
  /** Number of warm-up steps, in which the rate is multiplied by (step + 1) / warmUp; 0 for no warm-up. */
  readonly warmUp: number;
}

/** Factor on the learning rate at `step` (counted from 0) of a descent of `steps` steps. */
export function scheduleFactor({ shape, warmUp }: Schedule, step: number, steps: number): number {
  if (step < warmUp) return (step + 1) / warmUp;
  if (shape === 'constant') return 1;
  return (1 + cosineOfHalfTurns((step - warmUp) / (steps - warmUp))) / 2;
}
