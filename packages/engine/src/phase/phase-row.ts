import { momentsOfChecked } from '@polysem/core/features';
import { PRODUCTS_UP_TO, sampleProducts } from '../models/quadratic-sample-loss.ts';
import { generator, childGenerator, nextUint32 } from '@polysem/numerics/random';
import { allocateQuadratic } from '@polysem/core/theory';
import { train } from '../training/train.ts';
import { trainingDefaults } from '../training/training-spec.ts';
import { axisValues, type CellTraining } from './phase-spec.ts';
import type { PhaseTask } from './plan-phase.ts';

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
 * @param task a row of a plan (`planPhase`).
 * @returns the prediction, and the results of training if asked for.
 *
 * @example
 * ```js
 * import { phaseRow, planPhase } from 'polysem/phase';
 * const density = { from: 1, to: 0.1, count: 2 };
 * const importance = { from: 0.01, to: 100, count: 3 };
 * const trained = { loss: 'exact', restarts: 4, stopAtGap: 1e-9, activeEntries: 1000 };
 * const spec = { features: 2, dims: 1, shape: 'uniform', density, importance, trained, seed: 0 };
 * const row = phaseRow(planPhase(spec).rows[1]);
 * row.capacity; // [0, 0.5, 1]
 * row.trained.restarts.length; // 3
 * ```
 */
export function phaseRow(task: PhaseTask): PhaseRow {
  const { spec, row, inputs } = task;
  const { kurtosis } = momentsOfChecked(inputs.marginals[0]);
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
    trained: spec.trained === null ? null : trainCells(task, spec.trained),
  };
}

function trainCells({ spec, row, inputs }: PhaseTask, training: CellTraining): TrainedPhaseRow {
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
