import { measureCapacity } from '../capacity/measure.ts';
import { embedding, type Embedding } from '../embedding.ts';
import type { FeatureDistribution } from '../features/distribution.ts';
import { moments } from '../features/moments.ts';
import { sampleSparse } from '../features/sparse.ts';
import type { Loss } from '../models/loss.ts';
import { quadraticBatchLoss } from '../models/quadratic-batch-loss.ts';
import { bestBias, quadraticExactLoss, type LossMoments } from '../models/quadratic-exact-loss.ts';
import {
  quadraticSampleLoss,
  sampleProducts,
  type ProductCovariance,
} from '../models/quadratic-sample-loss.ts';
import { checkQuadraticModel, type QuadraticModel } from '../models/toy-model.ts';
import { generator, split, type Generator } from '../random/generator.ts';
import { allocateQuadratic } from '../theory/allocate-quadratic.ts';
import type { Allocation } from '../theory/allocation.ts';
import { descend, type Schedule } from './descend.ts';
import { initialWeights } from './initialise.ts';
import { lbfgs } from './lbfgs.ts';
import { firstOrderDefaults, type FirstOrderName } from './optimiser.ts';

/** Everything that decides a training run of the quadratic model; plain data. */
export interface TrainingSpec {
  readonly model: QuadraticModel;
  /** The inputs: one distribution for all features. */
  readonly inputs: FeatureDistribution;
  /** Train on the exact expected loss, or on sampled inputs. */
  readonly loss: 'exact' | 'sampled';
  /** L-BFGS takes the exact loss or one fixed sample of `batch` inputs; the others a fresh batch a step. */
  readonly optimiser: 'lbfgs' | FirstOrderName;
  /** Steps, or for L-BFGS at most as many iterations. */
  readonly steps: number;
  /** Inputs a step, or in the one sample of L-BFGS. Unused for the exact loss. */
  readonly batch: number;
  /** In units of the square root of the largest importance, as the weights are. Unused by L-BFGS. */
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** R, how many random starts. */
  readonly restarts: number;
  readonly seed: number;
  /** If given, no further restart once one is within this relative gap of the certified optimum. */
  readonly stopAtGap?: number;
}

/** One random start and where it led. */
export interface TrainingRun {
  /** Exact expected loss of the trained weights; Infinity if the run diverged. */
  readonly loss: number;
  /** Steps or iterations taken. */
  readonly steps: number;
  /** Why it ended: of its own accord, out of steps, or diverged. */
  readonly stopped: 'converged' | 'steps' | 'diverged';
}

/** The best of R restarts, judged by the exact expected loss, and how the others did. */
export interface TrainingResult {
  readonly spec: TrainingSpec;
  /** W, and the bias b that goes with it. */
  readonly embedding: Embedding;
  readonly bias: number;
  /** Exact expected loss of the best run: held-out loss on infinitely many inputs. */
  readonly loss: number;
  /**
   * The certified global minimum over all weights (`allocateQuadratic`); null where the theory does not speak, for
   * inputs whose mean is not 0.
   */
  readonly optimum: number | null;
  /** (loss - optimum) / optimum; where the optimum is 0, loss / (loss of zero weights); null without optimum. */
  readonly gap: number | null;
  readonly capacity: Float64Array;
  /** Capacities at the certified optimum, or null without one. */
  readonly predictedCapacity: Float64Array | null;
  readonly squaredNorm: Float64Array;
  /** Index of the best run. */
  readonly best: number;
  readonly runs: readonly TrainingRun[];
}

/** Up to here a fixed sample is kept as the covariance of its products, which has N^4 / 4 numbers. */
const PRODUCTS_UP_TO = 20;

/** Sensible settings: L-BFGS on the exact loss; Adam with a cosine schedule on sampled inputs. */
export function trainingDefaults(
  loss: TrainingSpec['loss'],
  optimiser: TrainingSpec['optimiser'] = loss === 'exact' ? 'lbfgs' : 'adam',
): Pick<TrainingSpec, 'optimiser' | 'steps' | 'batch' | 'learningRate' | 'schedule' | 'restarts'> {
  const learningRate = optimiser === 'sgd' ? 1e-3 : 1e-2;
  const rest = { learningRate, schedule: 'cosine', restarts: 4 } as const;
  if (optimiser === 'lbfgs') return { optimiser, steps: 5000, batch: 200_000, ...rest };
  return { optimiser, steps: 4000, batch: 2048, ...rest };
}

/** What {@link trainQuadratic} may be handed beside its spec. */
export interface TrainingExtras {
  /** The fixed sample of L-BFGS, drawn elsewhere and shared by several runs; else drawn from the seed. */
  readonly sample?: ProductCovariance;
  /** Starts that an earlier, interrupted run of the same spec finished. */
  readonly finished?: ReadonlyMap<number, TrainedStart>;
  /** Called after each start, finished earlier or now. */
  readonly onStart?: (start: number, trained: TrainedStart) => void;
  /** Called now and then with the fraction done. */
  readonly onProgress?: (done: number) => void;
}

/** Where one random start led: plain data, in the units of training. */
export interface TrainedStart {
  readonly weights: ArrayLike<number>;
  readonly steps: number;
  readonly stopped: TrainingRun['stopped'];
}

/**
 * Trains the quadratic model from R random starts and judges every run by its exact expected loss.
 *
 * Training happens in units where the largest importance is 1 (the loss is homogeneous: importances times c, weights
 * times sqrt c, loss times c^2). Restart r draws from stream r + 1 of the seed and the fixed sample of L-BFGS from
 * stream 0, so that results do not depend on the order of work.
 *
 * @throws RangeError if the spec is malformed; Error if every restart diverged.
 */
export function trainQuadratic(spec: TrainingSpec, extras: TrainingExtras = {}): TrainingResult {
  checkSpec(spec);
  const largest = spec.model.importance.reduce((a, b) => Math.max(a, b));
  const model: QuadraticModel = {
    ...spec.model,
    importance: spec.model.importance.map((v) => v / largest),
  };
  const { features, dims } = model;
  const root = generator(spec.seed);
  const inputMoments = moments(spec.inputs);
  const exact = quadraticExactLoss(model, inputMoments);
  const predicted = predict(model, inputMoments);
  const optimum = predicted?.loss ?? null;
  const floor = emptyLoss(exact);
  const gapOf = (loss: number): number | null => {
    if (optimum === null) return null;
    return optimum > 0 ? (loss - optimum) / optimum : loss / floor;
  };

  const fixed = fixedLoss(spec, model, exact, root, extras.sample);
  const train = (restart: number): TrainedStart => {
    const stream = split(root, restart + 1);
    const start = initialWeights(model.importance, dims, split(stream, 0));
    if (fixed !== null && spec.optimiser === 'lbfgs') return minimise(fixed, start, spec.steps);
    const batches = split(stream, 1);
    const draw = (step: number): Loss => {
      if (step % 64 === 0) extras.onProgress?.((restart + step / spec.steps) / spec.restarts);
      return (
        fixed ?? quadraticBatchLoss(model, sampleSparse(spec.inputs, features, spec.batch, batches))
      );
    };
    return firstOrder(spec, draw, start);
  };
  const scratch = new Float64Array(exact.size);
  const runs: TrainingRun[] = [];
  let bestWeights: Float64Array | null = null;
  let best = -1;
  for (let restart = 0; restart < spec.restarts; restart++) {
    const end = extras.finished?.get(restart) ?? train(restart);
    const weights = Float64Array.from(end.weights);
    const loss = end.stopped === 'diverged' ? Infinity : exact.evaluate(weights, scratch);
    runs.push({ loss: loss * largest * largest, steps: end.steps, stopped: end.stopped });
    if (Number.isFinite(loss) && (best < 0 || loss * largest * largest < runs[best].loss)) {
      best = restart;
      bestWeights = weights;
    }
    extras.onStart?.(restart, end);
    extras.onProgress?.((restart + 1) / spec.restarts);
    const gap = best < 0 ? null : gapOf(runs[best].loss / largest / largest);
    if (spec.stopAtGap !== undefined && gap !== null && gap <= spec.stopAtGap) break;
  }
  if (bestWeights === null) {
    throw new Error(
      `training diverged in every restart, the first at step ${runs[0].steps}; a smaller learning rate may help`,
    );
  }

  const loss = exact.evaluate(bestWeights, scratch);
  const bias = bestBias(model, inputMoments, bestWeights) * largest;
  const trained = embedding(
    dims,
    features,
    bestWeights.map((x) => x * Math.sqrt(largest)),
  );
  const { capacity, squaredNorm } = measureCapacity(trained);
  return {
    spec,
    embedding: trained,
    bias,
    loss: loss * largest * largest,
    optimum: optimum === null ? null : optimum * largest * largest,
    gap: gapOf(loss),
    capacity,
    predictedCapacity: predicted?.capacity ?? null,
    squaredNorm,
    best,
    runs,
  };
}

/** The loss that stays the same through a run, or null if each step draws its own. */
function fixedLoss(
  spec: TrainingSpec,
  model: QuadraticModel,
  exact: Loss,
  root: Generator,
  sample: ProductCovariance | undefined,
): Loss | null {
  if (spec.loss === 'exact') return exact;
  if (spec.optimiser !== 'lbfgs') return null;
  if (sample !== undefined) return quadraticSampleLoss(model, sample);
  const data = split(root, 0);
  if (model.features <= PRODUCTS_UP_TO) {
    return quadraticSampleLoss(
      model,
      sampleProducts(spec.inputs, model.features, spec.batch, data),
    );
  }
  return quadraticBatchLoss(model, sampleSparse(spec.inputs, model.features, spec.batch, data));
}

function minimise(loss: Loss, start: Float64Array, maxIterations: number): TrainedStart {
  const { parameters, iterations, stopped } = lbfgs(loss, start, { maxIterations });
  const why = {
    iterations: 'steps',
    'non-finite': 'diverged',
    gradient: 'converged',
    precision: 'converged',
  } as const;
  return { weights: parameters, steps: iterations, stopped: why[stopped] };
}

function firstOrder(
  spec: TrainingSpec,
  draw: (step: number) => Loss,
  start: Float64Array,
): TrainedStart {
  if (spec.optimiser === 'lbfgs') throw new RangeError('optimiser: L-BFGS needs a fixed loss');
  const { steps, learningRate, schedule } = spec;
  const optimiser = firstOrderDefaults[spec.optimiser];
  const end = descend(draw, start, { optimiser, steps, learningRate, schedule });
  return {
    weights: end.parameters,
    steps: end.steps,
    stopped: end.failedAt === null ? 'steps' : 'diverged',
  };
}

/** The theory wants variance 1: x = s x' turns importance v into s^2 v and leaves the loss alone. */
function predict(
  model: QuadraticModel,
  { mean, variance, fourthCentral }: LossMoments,
): Allocation | null {
  if (mean !== 0) return null;
  return allocateQuadratic({
    importance: model.importance.map((v) => v * variance),
    kurtosis: Math.max(1, fourthCentral / (variance * variance)),
    dims: model.dims,
  });
}

function emptyLoss(exact: Loss): number {
  return exact.evaluate(new Float64Array(exact.size), new Float64Array(exact.size));
}

function checkSpec(spec: TrainingSpec): void {
  checkQuadraticModel(spec.model);
  if (!Number.isFinite(moments(spec.inputs).fourthCentral)) {
    throw new RangeError(
      'degreesOfFreedom: the loss of the quadratic model is infinite for student-t inputs of 4 or fewer; use more than 4',
    );
  }
  for (const field of ['steps', 'batch', 'restarts'] as const) {
    if (!Number.isInteger(spec[field]) || spec[field] < 1) {
      throw new RangeError(`${field}: must be a positive integer, got ${spec[field]}`);
    }
  }
  if (!(spec.learningRate > 0 && spec.learningRate < Infinity)) {
    throw new RangeError(`learningRate: must be positive and finite, got ${spec.learningRate}`);
  }
}
