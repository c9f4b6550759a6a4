import { finite } from '@polysem/numerics/checks';
import { checkBlocks } from '../../theme/block-style.ts';

/** An event in the life of blocks, such as 'A forms'. */
export interface DynamicsEvent {
  readonly step: number;
  readonly label: string;
}

/** The block of each feature at each checkpoint: its number, or null. */
export type BlocksOverTime = readonly (readonly (number | null)[])[];

/** Data of `dynamicsFigure`: a model during training, one row per checkpoint. */
export interface DynamicsData {
  /** Step of each checkpoint, ascending. */
  readonly steps: ArrayLike<number>;
  /** Loss at each checkpoint; NaN for a missing value. */
  readonly loss: ArrayLike<number>;
  /** Capacity of each feature at each checkpoint; NaN for a missing value. */
  readonly capacity: readonly ArrayLike<number>[];
  /** A block keeps its number as long as it lasts. */
  readonly blockOf: BlocksOverTime;
  /** Names of the blocks, by number. */
  readonly blockNames?: readonly string[];
  readonly events?: readonly DynamicsEvent[];
  /** Default: the numbers of the features, from 0. */
  readonly labels?: readonly string[];
  /** Scale of the steps. A log scale puts step 0 at the left edge. Default 'linear'. */
  readonly scale?: 'linear' | 'log';
}

/**
 * Checks the data of a training.
 *
 * @throws RangeError with the name of the field that is missing, has another length, or is out of range.
 */
export function checkDynamics(data: DynamicsData): void {
  const { steps, loss, capacity, blockOf, events = [], labels } = data;
  const n = steps.length;
  if (n < 2) throw new RangeError(`dynamicsFigure: needs at least 2 checkpoints, got ${n}`);
  for (const [name, length] of [
    ['loss', loss.length],
    ['capacity', capacity.length],
    ['blockOf', blockOf.length],
  ] as const) {
    if (length !== n) {
      throw new RangeError(`dynamicsFigure: ${name} must have ${n} rows, got ${length}`);
    }
  }
  const features = capacity[0].length;
  if (features === 0) throw new RangeError('dynamicsFigure: needs at least one feature');
  if (labels !== undefined && labels.length !== features) {
    throw new RangeError(
      `dynamicsFigure: labels must have ${features} values, got ${labels.length}`,
    );
  }
  for (let s = 0; s < n; s++) checkCheckpoint(data, s, features);
  for (const { step } of events) {
    finite('dynamicsFigure: step of an event', step);
  }
}

function checkCheckpoint(
  { steps, capacity, blockOf }: DynamicsData,
  s: number,
  features: number,
): void {
  if (!(Number.isFinite(steps[s]) && steps[s] >= 0 && (s === 0 || steps[s] > steps[s - 1]))) {
    throw new RangeError(
      `dynamicsFigure: steps must ascend from 0 or above, got steps[${s}] = ${steps[s]}`,
    );
  }
  for (const [name, row] of [
    ['capacity', capacity[s]],
    ['blockOf', blockOf[s]],
  ] as const) {
    if (row.length !== features) {
      throw new RangeError(
        `dynamicsFigure: ${name}[${s}] must have ${features} values, got ${row.length}`,
      );
    }
  }
  for (const c of Array.from(capacity[s])) {
    // The margin allows for rounding.
    if (c < -1e-6 || c > 1 + 1e-6) {
      throw new RangeError(`dynamicsFigure: capacity[${s}] must be in [0, 1], got ${c}`);
    }
  }
  checkBlocks('dynamicsFigure', `blockOf[${s}]`, blockOf[s]);
}
