import { heldOutRows, type DataInputs, type DataSet } from '@polysem/core/features';
import { selectRows, type GivenRows } from '@polysem/core/features';
import type { SparseBatch } from '@polysem/core/features';
import { fastestKernel } from '../kernels/fastest-kernel.ts';
import { lossRounding } from '../kernels/kernel.ts';
import { MOST_CELLS } from '../kernels/program/sample-gaps.ts';
import { batchLoss } from '../models/batch-loss.ts';
import type { Loss } from '../models/loss.ts';
import { productsOf } from '../models/product-covariance.ts';
import { quadraticBatchLoss } from '../models/quadratic-batch-loss.ts';
import { batchMeanError, type MeanError } from '../models/quadratic-mean-error.ts';
import { PRODUCTS_UP_TO, quadraticSampleLoss } from '../models/quadratic-sample-loss.ts';
import { isQuadraticModel, type QuadraticModel } from '../models/toy-model.ts';
import type { Generator } from '@polysem/numerics/random';
import { permutation } from '@polysem/numerics/random';
import { judgeBy, type JudgingLoss, type ProblemExtras, type TrainingProblem } from './problem.ts';
import { quadraticParts, unitModel } from './quadratic-problem.ts';
import { plainParts } from './sampled-problem.ts';
import type { TrainingSpec } from './training-spec.ts';

/**
 * Any toy model on the rows of a data matrix: trained on those that are not held out, all of them or fresh batches, and
 * judged by those that are. Which are held out is drawn from `stream`.
 *
 * @throws RangeError if the data are not those that the spec names, or too many for a kernel in float32.
 */
export function dataProblem(
  spec: TrainingSpec,
  inputs: DataInputs,
  stream: Generator,
  { data, kernel = fastestKernel() }: ProblemExtras,
): TrainingProblem {
  const { batch } = checkedData(inputs, data);
  const order = permutation(stream, inputs.rows);
  const apart = heldOutRows(inputs);
  const rows: GivenRows = { kind: 'rows', batch, chosen: order.slice(apart).toSorted() };
  const seen = selectRows(batch, rows.chosen);
  const unseen = apart === 0 ? seen : selectRows(batch, order.slice(0, apart).toSorted());
  const isFixed = spec.loss === 'exact';
  if (isQuadraticModel(spec.model)) {
    const { model, largest } = unitModel(spec.model);
    const bias = batchMeanError(model, seen);
    return {
      ...quadraticParts(spec, model, largest, bias, isFixed ? rowsLoss(model, seen) : null),
      inputs: rows,
      judge: judgeWithBias(model, unseen, bias),
      predicted: null,
    };
  }
  const { model } = spec;
  if (isFixed && kernel.name !== 'typescript' && seen.rows * seen.features > MOST_CELLS) {
    throw new RangeError(
      `inputs: ${seen.rows} rows of ${seen.features} features are more than ${MOST_CELLS} numbers; take the sampled loss, or the typescript kernel`,
    );
  }
  return {
    ...plainParts(spec),
    inputs: rows,
    fixed: isFixed ? kernel.given(model, seen) : null,
    rounding: lossRounding(kernel),
    judge: judgeBy(batchLoss(model, unseen)),
    heldOut: null,
  };
}

function checkedData(inputs: DataInputs, data: DataSet | undefined): DataSet {
  const { rows, features, sha256 } = inputs;
  if (data === undefined) {
    throw new RangeError(
      `data: are missing; hand the ${rows} x ${features} numbers that the spec names over beside it`,
    );
  }
  const { batch } = data;
  if (data.sha256 === sha256 && batch.rows === rows && batch.features === features) return data;
  throw new RangeError(
    `data: the spec names ${rows} x ${features} numbers of SHA-256 ${sha256.slice(0, 12)}.., got ${batch.rows} x ${batch.features} of ${data.sha256.slice(0, 12)}..`,
  );
}

/** The loss over rows, b at its best for them, in the form that is cheaper to evaluate often. */
function rowsLoss(model: QuadraticModel, batch: SparseBatch): Loss {
  return model.features <= PRODUCTS_UP_TO
    ? quadraticSampleLoss(model, productsOf(batch))
    : quadraticBatchLoss(model, batch);
}

/** The loss over rows with the b that is best for others: the variance of the error and its squared mean. */
function judgeWithBias(model: QuadraticModel, batch: SparseBatch, bias: MeanError): JudgingLoss {
  const { size, value } = judgeBy(quadraticBatchLoss(model, batch));
  const mean = batchMeanError(model, batch);
  return { size, value: (w) => value(w) + (mean(w) - bias(w)) ** 2 };
}
