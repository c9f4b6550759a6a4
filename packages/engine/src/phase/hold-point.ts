import { resolveInputs, type FeatureInputs } from '@polysem/core/features';
import { childGenerator, generator } from '@polysem/numerics/random';
import type { LbfgsOptions } from '../descent/lbfgs.ts';
import { minimiseHeld, type HeldOptimum } from '../hold/minimise-held.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { Loss } from '../models/loss.ts';
import type { ToyModel } from '../models/toy-model.ts';
import { cellLosses, type CellLosses } from './cell-losses.ts';
import type { GridTraining } from '../names/grid-training.ts';
import { randomStart } from './random-start.ts';

/** A feature to hold, in a model with its inputs; plain data. */
export interface HoldSpec {
  readonly model: ToyModel;
  readonly inputs: FeatureInputs;
  /** Index of the held feature. */
  readonly feature: number;
  readonly training: Pick<GridTraining, 'rows' | 'screeningRows' | 'restarts' | 'iterations'>;
  readonly seed: number;
}

/** One point of the curve of loss against held capacity, as a task for a worker; plain data. */
export interface HoldTask {
  readonly spec: HoldSpec;
  /** Index of the point, for messages. */
  readonly row: number;
  /** The held capacity; null to hold nothing. */
  readonly capacity: number | null;
  /** Number of random starts; all points have the same. */
  readonly restarts: number;
  /** Parameters of other points to start from. */
  readonly starts: readonly Float64Array[];
}

/** A trained point of the curve; plain data. */
export interface HeldPoint {
  /** The held capacity; null if nothing is held. */
  readonly capacity: number | null;
  /** Null if no start has a finite loss. */
  readonly best: HeldOptimum | null;
}

/** A random start is trained to the end only if its loss after screening is at most this many times the smallest. */
const HOPELESS = 1.2;
/** Most screened starts that are trained to the end. */
const MOST_FINISHED = 4;
/** Iterations of screening if it uses the training loss itself. */
const SCREENING_ITERATIONS = 60;
/** Screened starts lead to the same optimum if losses differ by less than this fraction. */
const SAME_LOSS = 1e-4;

/**
 * Trains one point of the curve of loss against held capacity: from random weights, which are screened first, and from the
 * given ones. The loss is exact for the quadratic model, and otherwise that on the stratified inputs on which cells of phase
 * diagrams are trained. The result depends only on the task and the kernel.
 *
 * @param kernel the kernel that evaluates losses.
 * @param task the point.
 * @returns the best optimum.
 * @throws RangeError if the spec is malformed.
 *
 * @example
 * ```js
 * import { heldVaried } from 'polysem/theory';
 * import { typescriptKernel } from 'polysem/kernels';
 * import { defaultGridTraining, holdPoint } from 'polysem/phase';
 * const model = { task: 'computation', activation: 'quadratic', features: 2, dims: 1, importance: [1, 1] };
 * const inputs = { shape: 'uniform', density: 0.2, unitVariance: true };
 * const spec = { model, inputs, feature: 0, training: defaultGridTraining, seed: 0 };
 * const task = { spec, row: 0, capacity: 0.75, restarts: 2, starts: [] };
 * const { loss } = holdPoint(typescriptKernel, task).best;
 * loss.toFixed(6) === heldVaried({ ...model, kurtosis: 9 }, 1, 0.75).loss.toFixed(6); // true
 * ```
 */
export function holdPoint(
  kernel: Kernel,
  { spec, capacity, restarts, starts }: HoldTask,
): HeldPoint {
  const { model, feature, training } = spec;
  const inputs = resolveInputs(spec.inputs, model.features);
  const losses = cellLosses(kernel, spec)({ model, inputs });
  const held = capacity === null ? null : { feature, capacity };
  const { features, dims } = model;
  const minimise = (loss: Loss, from: readonly Float64Array[], maxIterations: number) =>
    minimiseHeld({ loss, features, dims, held }, from, descentOf(losses, maxIterations));

  const stream = childGenerator(generator(spec.seed), 1);
  const isSame = losses.screening === losses.training;
  const rough = Array.from({ length: restarts }, (_, k) => {
    const start = randomStart({ model, inputs }, losses, k, childGenerator(stream, k));
    const most = isSame ? Math.min(SCREENING_ITERATIONS, training.iterations) : training.iterations;
    return minimise(losses.screening, [start], most);
  }).filter((end) => end !== null);
  const from = [
    ...promising(rough),
    ...starts.filter((one) => one.length === losses.training.size),
  ];
  return { capacity, best: minimise(losses.training, from, training.iterations) };
}

/** The parameters of screened starts that may lead to the best optimum, the best first, one per optimum. */
function promising(rough: readonly HeldOptimum[]): Float64Array[] {
  const sorted = rough.toSorted((a, b) => a.loss - b.loss);
  return sorted
    .filter(
      ({ loss }, k) =>
        loss <= HOPELESS * sorted[0].loss &&
        (k === 0 || loss - sorted[k - 1].loss > SAME_LOSS * loss),
    )
    .slice(0, MOST_FINISHED)
    .map(({ parameters }) => parameters);
}

function descentOf({ rounding, hasKinks }: CellLosses, maxIterations: number): LbfgsOptions {
  return {
    memory: 12,
    maxIterations,
    gradientTolerance: rounding === 0 ? 1e-9 : 1e-6,
    rounding,
    wolfe: hasKinks ? 'weak' : 'strong',
  };
}
