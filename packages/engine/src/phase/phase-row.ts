import { momentsOfChecked, resolveInputs, type DistributedInputs } from '@polysem/core/features';
import { PRODUCTS_UP_TO, sampleProducts } from '../models/quadratic-sample-loss.ts';
import { generator, childGenerator, nextUint32 } from '@polysem/numerics/random';
import { allocateQuadratic } from '@polysem/core/theory';
import { train } from '../training/train.ts';
import { trainingDefaults } from '../training/training-spec.ts';
import { axisValues, rowInputs, type CellTraining, type PhaseSpec } from './phase-spec.ts';

/**
 * One row of a phase diagram, one number per column. Plain data: it can be stored and sent between
 * threads.
 */
export interface PhaseRow {
  readonly row: number;
  /** Predicted capacity of the varied feature. */
  readonly capacity: readonly number[];
  /** Predicted loss, certified. */
  readonly loss: readonly number[];
  /** True if other allocations are equally good. */
  readonly degenerate: readonly boolean[];
  /** Results of training; null if only the prediction was asked for. */
  readonly trained: TrainedPhaseRow | null;
}

/** Results of training one row. */
export interface TrainedPhaseRow {
  readonly capacity: readonly number[];
  /** Exact expected loss of the best restart. */
  readonly loss: readonly number[];
  /** (loss - predicted) / predicted. */
  readonly gap: readonly number[];
  /** Restarts taken. */
  readonly restarts: readonly number[];
}

/**
 * Computes one row of a phase diagram. Every cell has its own stream of the seed, chosen by its
 * place in the grid, so results do not depend on where or in which order rows are computed.
 *
 * @param spec the phase diagram.
 * @param row index of the row, from 0.
 * @returns the prediction, and the results of training if asked for.
 * @throws RangeError if the inputs of the row have a nonzero mean, which the theory does not
 *   cover.
 */
export function phaseRow(spec: PhaseSpec, row: number): PhaseRow {
  const density = axisValues(spec.density)[row];
  const inputs = resolveInputs(rowInputs(spec, density), spec.features);
  const { kurtosis, mean } = momentsOfChecked(inputs.marginals[0]);
  if (mean !== 0) {
    throw new RangeError(
      `shape: the theory needs inputs with mean 0, and ${spec.shape} has another mean; use uniform or gaussian`,
    );
  }
  const importances = axisValues(spec.importance);
  const others = Array.from({ length: spec.features - 1 }, () => 1);
  const predictions = Array.from(importances, (v) =>
    allocateQuadratic({
      importance: [v, ...others],
      kurtosis: Math.max(1, kurtosis),
      dims: spec.dims,
    }),
  );
  return {
    row,
    capacity: predictions.map((a) => a.capacity[0]),
    loss: predictions.map((a) => a.loss),
    degenerate: predictions.map((a) => a.degenerate),
    trained: spec.trained === null ? null : trainCells(spec, spec.trained, row, inputs),
  };
}

function trainCells(
  spec: PhaseSpec,
  training: CellTraining,
  row: number,
  inputs: DistributedInputs,
): TrainedPhaseRow {
  const { features, dims } = spec;
  const [marginal] = inputs.marginals;
  const root = generator(spec.seed);
  const importances = axisValues(spec.importance);
  const rows = Math.ceil(training.activeEntries / marginal.density);
  const isShared = training.loss === 'sampled' && features <= PRODUCTS_UP_TO;
  const extras = isShared
    ? {
        sample: sampleProducts(childGenerator(childGenerator(root, 0), row), inputs, rows),
      }
    : {};
  const cells = Array.from(importances, (v, column) => {
    const stream = childGenerator(childGenerator(root, 1), row * importances.length + column);
    const model = {
      task: 'computation',
      activation: 'quadratic',
      features,
      dims,
      importance: [v, ...Array.from({ length: features - 1 }, () => 1)],
    } as const;
    return train(
      {
        model,
        inputs: marginal,
        ...trainingDefaults(model, training.loss, 'lbfgs'),
        restarts: training.restarts,
        seed: nextUint32(stream),
        stopAtGap: training.stopAtGap,
      },
      { ...extras, inputs },
    );
  });
  return {
    capacity: cells.map((cell) => cell.capacity[0]),
    loss: cells.map((cell) => cell.loss),
    gap: cells.map((cell) => cell.gap ?? NaN),
    restarts: cells.map((cell) => cell.runs.length),
  };
}
