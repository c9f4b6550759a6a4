import { embedding, type Embedding } from '@polysem/core/embedding';
import { fastestKernel, lossRounding } from '@polysem/engine/kernels';
import { generator, split } from '@polysem/numerics/random';
import { initialParameters } from '@polysem/engine/training';
import {
  isQuadraticModel,
  quadraticExactLoss,
  type Loss,
  type ToyModel,
} from '@polysem/engine/models';
import { lbfgs } from '@polysem/engine/descent';
import { moments, stratify, type FeatureDistribution } from '@polysem/core/features';

/** A toy model at a density, to be trained from many random starts. */
export interface Experiment {
  readonly model: ToyModel;
  readonly inputs: FeatureDistribution;
  readonly seed: number;
}

/** Where one random start led. */
export interface TrainedEmbedding {
  /** By a loss that training did not see, unless it is exact. */
  readonly loss: number;
  readonly embedding: Embedding;
  readonly converged: boolean;
}

/** Weighted inputs that stand for the distribution, and others that judge: those once a start. */
const ROWS = 4096;
const JUDGING_ROWS = 1 << 15;
const MOST_ITERATIONS = 3000;
/** A slope smaller than the first by this factor is none in float32. */
const FLOAT32_SLOPE = 1e-6;

/**
 * Trains a model from so many random starts by L-BFGS: the quadratic one on its exact loss, others on a stratified
 * expectation, one for all starts. Start k is the same however many there are.
 */
export function trainStarts(
  { model, inputs, seed }: Experiment,
  starts: number,
  onStart: (done: number) => void = () => undefined,
): TrainedEmbedding[] {
  const stream = split(generator(seed), 3);
  const { training, judge, rounding } = losses({ model, inputs, seed });
  const name = isQuadraticModel(model) ? 'importance' : 'xavier';
  const slope = new Float64Array(judge.size);
  return Array.from({ length: starts }, (_, k) => {
    const start = initialParameters(model, { name }, split(split(stream, 2), k));
    const { parameters, stopped } = lbfgs(training, start.subarray(0, training.size), {
      maxIterations: MOST_ITERATIONS,
      rounding,
      ...(rounding > 0 && { gradientTolerance: FLOAT32_SLOPE }),
    });
    onStart((k + 1) / starts);
    return {
      loss: judge.evaluate(parameters, slope),
      embedding: embedding(
        model.dims,
        model.features,
        parameters.slice(0, model.dims * model.features),
      ),
      converged: stopped === 'gradient' || stopped === 'precision',
    };
  });
}

function losses({ model, inputs, seed }: Experiment): {
  training: Loss;
  judge: Loss;
  rounding: number;
} {
  if (isQuadraticModel(model)) {
    const exact = quadraticExactLoss(model, moments(inputs));
    return { training: exact, judge: exact, rounding: 0 };
  }
  const kernel = fastestKernel();
  const stream = split(generator(seed), 3);
  const given = (place: number, rows: number): Loss =>
    kernel.given(model, stratify(split(stream, place), inputs, model.features, { rows }));
  return {
    training: given(0, ROWS),
    judge: given(1, JUDGING_ROWS),
    rounding: lossRounding(kernel),
  };
}
