import { cosineOfHalfTurns } from '@polysem/numerics/elementary';

/** How the learning rate goes through the steps; plain data. */
export interface Schedule {
  /** After warming up: constant, or down to 0 along half a cosine. */
  readonly shape: 'constant' | 'cosine';
  /** Steps in which the rate rises linearly to its full height, (step + 1) / warmUp of it; 0 for none. */
  readonly warmUp: number;
}

/** The factor on the learning rate at a step, counted from 0, of so many. */
export function scheduleFactor({ shape, warmUp }: Schedule, step: number, steps: number): number {
  if (step < warmUp) return (step + 1) / warmUp;
  if (shape === 'constant') return 1;
  return (1 + cosineOfHalfTurns((step - warmUp) / (steps - warmUp))) / 2;
}
