import {
  heldOutRows,
  selectRows,
  type DataInputs,
  type RowInputs,
  type SparseBatch,
} from '@polysem/core/features';
import { fastestKernel } from '../kernels/fastest-kernel.ts';
import { MOST_CELLS } from '../kernels/program/sample-gaps.ts';
import { batchLoss } from '../models/batch-loss.ts';
import { quadraticBatchLoss } from '../models/quadratic-batch-loss.ts';
import { batchMeanError, type MeanError } from '../models/quadratic-mean-error.ts';
import { isQuadraticModel, type QuadraticModel } from '../models/toy-model.ts';
import type { Generator } from '@polysem/numerics/random';
import { permutation } from '@polysem/numerics/random';
import {
  errorOver,
  evaluationBy,
  type EvaluationLoss,
  type ProblemExtras,
  type TrainingProblem,
} from './problem.ts';
import { quadraticParts, unitModel } from './quadratic-problem.ts';
import { plainParts } from './sampled-problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/**
 * Any toy model on the rows of a data matrix. It is trained on the rows that are not held out, all
 * at once or in fresh batches, and evaluated on the held-out rows. `stream` decides which rows are
 * held out.
 *
 * @throws RangeError if the rows have too many numbers for a float32 kernel.
 */
export function dataProblem(
  spec: TrainingSpec,
  { batch }: RowInputs,
  stream: Generator,
  { kernel = fastestKernel([spec.model]) }: ProblemExtras,
): TrainingProblem {
  const order = permutation(stream, batch.rows);
  const apart = heldOutRows(spec.inputs as DataInputs);
  const rows: RowInputs = { kind: 'rows', batch, chosen: order.slice(apart).toSorted() };
  const seen = selectRows(batch, rows.chosen);
  const unseen = apart === 0 ? seen : selectRows(batch, order.slice(0, apart).toSorted());
  const withError = (lossOn: (rows: SparseBatch) => EvaluationLoss): EvaluationLoss => ({
    ...lossOn(unseen),
    // The loss on the rows of training is no estimate of the expected loss.
    ...(apart > 0 && { error: errorOver(unseen, lossOn) }),
  });
  const isFixed = spec.loss === 'exact';
  if (isQuadraticModel(spec.model)) {
    const { model, largest } = unitModel(spec.model);
    const bias = batchMeanError(model, seen);
    return {
      ...quadraticParts(spec, model, largest, bias, isFixed),
      inputs: rows,
      fixed: isFixed ? { kind: 'rows', model, inputs: rows } : null,
      evaluation: () => withError((some) => evaluationWithBias(model, some, bias)),
      predicted: null,
    };
  }
  const { model } = spec;
  if (isFixed && kernel.name !== 'typescript' && seen.rows * seen.features > MOST_CELLS) {
    throw new RangeError(
      `inputs: ${seen.rows} rows of ${seen.features} features are more than ${MOST_CELLS} numbers; use the sampled loss, or the typescript kernel`,
    );
  }
  return {
    ...plainParts(spec),
    inputs: rows,
    fixed: isFixed ? { kind: 'rows', model, inputs: rows } : null,
    evaluation: () => withError((some) => evaluationBy(batchLoss(model, some))),
    heldOut: null,
  };
}

/**
 * The loss over some rows with the b that is best for other rows: the variance of the error plus
 * its squared mean.
 */
function evaluationWithBias(
  model: QuadraticModel,
  batch: SparseBatch,
  bias: MeanError,
): EvaluationLoss {
  const { size, value } = evaluationBy(quadraticBatchLoss(model, batch));
  const mean = batchMeanError(model, batch);
  return { size, value: (w) => value(w) + (mean(w) - bias(w)) ** 2 };
}
