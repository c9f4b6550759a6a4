import { embedding, type Embedding } from '@polysem/core/embedding';
import { fastestKernel, lossRounding } from '@polysem/engine/kernels';
import { generator, childGenerator } from '@polysem/numerics/random';
import { initialParameters } from '@polysem/engine/training';
import {
  isQuadraticModel,
  quadraticExactLoss,
  type Loss,
  type ToyModel,
} from '@polysem/engine/models';
import { lbfgs } from '@polysem/engine/descent';
import { moments, stratify, type FeatureDistribution } from '@polysem/core/features';

/** A toy model and its inputs, to be trained with many restarts. */
export interface Experiment {
  readonly model: ToyModel;
  readonly inputs: FeatureDistribution;
  readonly seed: number;
}

/** Result of one restart. */
export interface TrainedEmbedding {
  /** Held-out loss, or the exact loss where there is one. */
  readonly loss: number;
  readonly embedding: Embedding;
  readonly converged: boolean;
}

/** Weighted inputs of the stratified expectation that is trained on. */
const ROWS = 4096;
/** Weighted inputs of the held-out loss, evaluated once per restart. */
const HELD_OUT_ROWS = 1 << 15;
const MOST_ITERATIONS = 3000;
/** Gradient norm, relative to the initial one, that counts as zero in float32. */
const FLOAT32_SLOPE = 1e-6;

/**
 * Trains a model by L-BFGS with several restarts: the quadratic model on its exact loss, others on a stratified
 * expectation that all restarts share. Restart k does not depend on how many there are.
 */
export function trainStarts(
  { model, inputs, seed }: Experiment,
  starts: number,
  onStart: (done: number) => void = () => undefined,
): TrainedEmbedding[] {
  const stream = childGenerator(generator(seed), 3);
  const { training, heldOut, rounding } = losses({ model, inputs, seed });
  const name = isQuadraticModel(model) ? 'importance' : 'xavier';
  const slope = new Float64Array(heldOut.size);
  return Array.from({ length: starts }, (_, k) => {
    const start = initialParameters(model, { name }, childGenerator(childGenerator(stream, 2), k));
    const { parameters, stopped } = lbfgs(training, start.subarray(0, training.size), {
      maxIterations: MOST_ITERATIONS,
      rounding,
      ...(rounding > 0 && { gradientTolerance: FLOAT32_SLOPE }),
    });
    onStart((k + 1) / starts);
    return {
      loss: heldOut.evaluate(parameters, slope),
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
  heldOut: Loss;
  rounding: number;
} {
  if (isQuadraticModel(model)) {
    const exact = quadraticExactLoss(model, moments(inputs));
    return { training: exact, heldOut: exact, rounding: 0 };
  }
  const kernel = fastestKernel([model]);
  const stream = childGenerator(generator(seed), 3);
  const given = (place: number, rows: number): Loss =>
    kernel.given(model, stratify(childGenerator(stream, place), inputs, model.features, { rows }));
  return {
    training: given(0, ROWS),
    heldOut: given(1, HELD_OUT_ROWS),
    rounding: lossRounding(kernel),
  };
}
