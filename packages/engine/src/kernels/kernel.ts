import type { FirstOrder } from '../descent/optimiser.ts';
import type { Schedule } from '../descent/schedule.ts';
import type { Inputs } from '@polysem/core/features';
import type { SparseBatch } from '@polysem/core/features';
import type { WeightedBatch } from '@polysem/core/features';
import type { Loss } from '../models/loss.ts';
import type { ToyModel } from '../models/toy-model.ts';
import type { Generator } from '@polysem/numerics/random';

/** A toy model with its inputs and training settings: everything except the initial weights. Plain data. */
export interface Instance {
  readonly model: ToyModel;
  /** Distribution of the features, or rows of data to sample from; already checked. */
  readonly inputs: Inputs;
  /** Rows per step. */
  readonly batch: number;
  readonly optimiser: FirstOrder;
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** Length of the whole training, which the schedule spans. */
  readonly steps: number;
  /** Largest gradient norm; longer gradients are scaled down to it. Null for no clipping. */
  readonly clip: number | null;
  /** Generator of the inputs. The batch of a step depends only on this stream and the number of the step. */
  readonly stream: Generator;
}

/** Training state of an instance. Plain data: it can be stored, and training can resume from it. */
export interface InstanceState {
  /** Parameters in the order of `parameterLayout`, in the precision of the kernel. */
  readonly parameters: Float32Array | Float64Array;
  /** Adam's first moments or SGD's velocity. */
  readonly first: Float32Array | Float64Array;
  /** Adam's second moments. */
  readonly second: Float32Array | Float64Array;
  /** Steps taken. */
  step: number;
}

/** Name of a kernel. One kernel gives the same results, byte for byte, on every machine that can run it. */
export type KernelName = 'wasm-fma' | 'wasm-simd' | 'typescript';

/**
 * Relative error of a squared error in float32, where every operation rounds by at most 2^-24: the difference, which counts
 * twice, the square and the product with the importance. Sums of them are in float64.
 */
const FLOAT32_ROUNDING: number = 2 ** -22;

/**
 * Relative rounding error of a kernel's losses, for the option `rounding` of `lbfgs`.
 *
 * @param kernel the kernel, or an object with its name.
 * @returns 0 for float64, 2^-22 for float32.
 *
 * @example
 * ```js
 * import { lossRounding, typescriptKernel } from 'polysem/kernels';
 * lossRounding(typescriptKernel); // 0
 * ```
 */
export function lossRounding({ name }: Pick<Kernel, 'name'>): number {
  return name === 'typescript' ? 0 : FLOAT32_ROUNDING;
}

/** Consecutive batches of a stream: a number of them from batch 0, or `count` from batch `first`. */
export type Batches = number | { readonly first: number; readonly count: number };

/** The first and the number of consecutive batches. */
export function rangeOf(batches: Batches): { readonly first: number; readonly count: number } {
  return typeof batches === 'number' ? { first: 0, count: batches } : batches;
}

/** Code that trains instances. All kernels implement the mathematics of `models/` and `descent/`. */
export interface Kernel {
  readonly name: KernelName;
  /** Creates the training state before the first step from initial parameters. */
  readonly begin: (start: ArrayLike<number>) => InstanceState;
  /**
   * Takes `losses.length` steps and writes the loss before each step to `losses`. Returns the number of steps taken, which
   * is smaller if a loss or gradient is not finite; the state is then the one before that step.
   */
  readonly advance: (instance: Instance, state: InstanceState, losses: Float64Array) => number;
  /** Mean loss over some batches of a stream. Writes the loss of each batch to `each`, if that is given. */
  readonly evaluate: (
    instance: Instance,
    parameters: ArrayLike<number>,
    stream: Generator,
    batches: Batches,
    each?: Float64Array,
  ) => number;
  /** Returns the loss on the batch of a step and writes its gradient to `gradient`, in the order of the parameters. */
  readonly gradient: (
    instance: Instance,
    parameters: ArrayLike<number>,
    step: number,
    gradient: Float64Array,
  ) => number;
  /**
   * Deterministic loss on a given batch, in the precision of the kernel. Repeated evaluation of one batch is cheapest.
   */
  readonly given: (model: ToyModel, batch: SparseBatch | WeightedBatch) => Loss;
  /** The batch of a step. Rows may be reordered; rows without active features come last. */
  readonly inputs: (instance: Instance, step: number) => SparseBatch;
}
