import { checkBlocks } from './block-style.ts';

/** Something that happened to the blocks, such as 'A formed'. */
export interface DynamicsEvent {
  readonly step: number;
  readonly label: string;
}

/** A model through its training, one row a checkpoint. */
export interface DynamicsData {
  /** Of the checkpoints, ascending. */
  readonly steps: ArrayLike<number>;
  /** At each checkpoint; NaN where there is none. */
  readonly loss: ArrayLike<number>;
  /** At each checkpoint, of each feature; NaN where there is none. */
  readonly capacity: readonly ArrayLike<number>[];
  /** At each checkpoint, of each feature: the number of its block, the same as long as it lasts, or null. */
  readonly blockOf: readonly (readonly (number | null)[])[];
  /** What the blocks are called, by number. */
  readonly blockNames?: readonly string[];
  readonly events?: readonly DynamicsEvent[];
  /** Default: the features' numbers, from 0. */
  readonly labels?: readonly string[];
  /** Of the steps. On a log scale step 0 stands at the left edge. Default 'linear'. */
  readonly scale?: 'linear' | 'log';
}

/**
 * @throws RangeError naming what is missing, of another length, or out of its range.
 */
export function checkDynamics({
  steps,
  loss,
  capacity,
  blockOf,
  events = [],
  labels,
}: DynamicsData): void {
  const n = steps.length;
  if (n < 2) throw new RangeError(`dynamicsFigure: needs 2 checkpoints or more, got ${n}`);
  for (const [name, length] of [
    ['loss', loss.length],
    ['capacity', capacity.length],
    ['blockOf', blockOf.length],
  ] as const) {
    if (length !== n)
      throw new RangeError(`dynamicsFigure: ${name} must be ${n} rows, got ${length}`);
  }
  const features = capacity[0].length;
  if (features === 0) throw new RangeError('dynamicsFigure: there are no features');
  if (labels !== undefined && labels.length !== features) {
    throw new RangeError(`dynamicsFigure: labels must be ${features}, got ${labels.length}`);
  }
  for (let s = 0; s < n; s++) {
    if (!(Number.isFinite(steps[s]) && steps[s] >= 0 && (s === 0 || steps[s] > steps[s - 1]))) {
      throw new RangeError(
        `dynamicsFigure: steps[${s}] must be above the one before, got ${steps[s]}`,
      );
    }
    for (const [name, row] of [
      ['capacity', capacity[s]],
      ['blockOf', blockOf[s]],
    ] as const) {
      if (row.length !== features) {
        throw new RangeError(
          `dynamicsFigure: ${name}[${s}] must be ${features} features, got ${row.length}`,
        );
      }
    }
    for (const c of Array.from(capacity[s])) {
      // A little beyond the ends is rounding.
      if (c < -1e-6 || c > 1 + 1e-6) {
        throw new RangeError(`dynamicsFigure: capacity[${s}] must be within [0, 1], got ${c}`);
      }
    }
    checkBlocks('dynamicsFigure', `blockOf[${s}]`, blockOf[s]);
  }
  for (const { step } of events) {
    if (!Number.isFinite(step)) {
      throw new RangeError(`dynamicsFigure: an event's step must be finite, got ${step}`);
    }
  }
}
