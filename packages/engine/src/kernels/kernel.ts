import type { FirstOrder } from '../descent/optimiser.ts';
import type { Schedule } from '../descent/schedule.ts';
import type { Inputs } from '@polysem/core/features';
import type { SparseBatch } from '@polysem/core/features';
import type { WeightedBatch } from '@polysem/core/features';
import type { Loss } from '../models/loss.ts';
import type { ToyModel } from '../models/toy-model.ts';
import type { Generator } from '@polysem/numerics/random';

/** Everything that decides how one toy model is trained on fresh batches, but where it starts; plain data. */
export interface Instance {
  readonly model: ToyModel;
  /** The distribution of the features, or the rows of data to draw from; checked. */
  readonly inputs: Inputs;
  /** Inputs a step. */
  readonly batch: number;
  readonly optimiser: FirstOrder;
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** Steps of the whole training, by which the schedule is measured. */
  readonly steps: number;
  /** The largest norm a gradient may have: a longer one is scaled down to it. Null for no bound. */
  readonly clip: number | null;
  /** The stream that inputs are drawn from; the batch of a step is a function of it and the step alone. */
  readonly stream: Generator;
}

/** How far the training of an instance has come; plain data that can be kept and gone on from. */
export interface InstanceState {
  /** See `parameterLayout`; in the precision of the kernel. */
  readonly parameters: Float32Array | Float64Array;
  /** The optimiser's first moments or velocity. */
  readonly first: Float32Array | Float64Array;
  /** The optimiser's second moments. */
  readonly second: Float32Array | Float64Array;
  /** Steps taken. */
  step: number;
}

/** The name of a kernel; results are the same, byte for byte, on every machine that runs the same one. */
export type KernelName = 'wasm-fma' | 'wasm-simd' | 'typescript';

/** Some ulp of float32: what sums of squares in its lanes are off by. */
const FLOAT32_ROUNDING: number = 2 ** -22;

/** The relative rounding of a kernel's losses, as `lbfgs` wants it: 0 for float64. */
export function lossRounding({ name }: Pick<Kernel, 'name'>): number {
  return name === 'typescript' ? 0 : FLOAT32_ROUNDING;
}

/** What trains instances: the mathematics of `models/` and `descent/`, made fast or written plainly. */
export interface Kernel {
  readonly name: KernelName;
  /** The first state of an instance from its first parameters. */
  readonly begin: (start: ArrayLike<number>) => InstanceState;
  /**
   * Takes as many steps as `losses` has room for and writes there the loss at each, before it was taken. Gives the
   * number of steps taken: fewer if a loss or gradient was no longer finite, and the state is then the one before that
   * step.
   */
  readonly advance: (instance: Instance, state: InstanceState, losses: Float64Array) => number;
  /** The mean loss over the batches 0 .. `batches` - 1 of a stream. */
  readonly evaluate: (
    instance: Instance,
    parameters: ArrayLike<number>,
    stream: Generator,
    batches: number,
  ) => number;
  /** The loss on the batch of a step; writes its gradient into `gradient`, laid out as the parameters. */
  readonly gradient: (
    instance: Instance,
    parameters: ArrayLike<number>,
    step: number,
    gradient: Float64Array,
  ) => number;
  /**
   * The loss on given inputs, the same at every call, in the precision of the kernel. Least is to be done from one call
   * to the next where losses on the same batch follow each other.
   */
  readonly given: (model: ToyModel, batch: SparseBatch | WeightedBatch) => Loss;
  /** The batch of a step. Rows may come in another order than drawn, and rows without active entry last. */
  readonly inputs: (instance: Instance, step: number) => SparseBatch;
}
