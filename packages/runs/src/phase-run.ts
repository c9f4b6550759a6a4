import { axisValues, type PhasePlan, type PhaseRow, type PhaseSpec } from '@polysem/engine/phase';
import { version } from '@polysem/core/version';
import { runRows, storeOf, type RowRunner, type RunOptions } from './run-rows.ts';

/** A complete phase diagram. Grids are row-major: rows of density, columns of importance. */
export interface PhaseDiagram {
  readonly spec: PhaseSpec;
  readonly version: string;
  readonly density: Float64Array;
  readonly importance: Float64Array;
  /** Predicted capacity of the varied feature, and the predicted loss. */
  readonly capacity: Float64Array;
  readonly loss: Float64Array;
  /** True where other allocations are equally good. */
  readonly degenerate: readonly boolean[];
  readonly trained: TrainedDiagram | null;
}

/** Results of training, one number per cell. */
export interface TrainedDiagram {
  readonly capacity: Float64Array;
  readonly loss: Float64Array;
  /** (loss - predicted) / predicted. */
  readonly gap: Float64Array;
  readonly restarts: Float64Array;
}

/**
 * Computes a phase diagram of the quadratic model. With a journal, rows that an interrupted run of
 * the same spec and version finished are reused, and the result is the same, byte for byte.
 *
 * @param plan the phase diagram (`planPhase`).
 * @param runner computes the rows.
 * @param options journal and progress callback.
 * @returns the diagram.
 *
 * @example
 * ```js
 * import { planPhase } from 'polysem/phase';
 * import { openRowRunner, runPhase } from 'polysem/runs';
 * const density = { from: 1, to: 0.1, count: 2 };
 * const importance = { from: 0.01, to: 100, count: 3 };
 * const spec = { features: 2, dims: 1, shape: 'uniform', density, importance, trained: null, seed: 0 };
 * const runner = await openRowRunner({ threads: 1 });
 * const { capacity } = await runPhase(planPhase(spec), runner);
 * Array.from(capacity.subarray(3)); // [0, 0.5, 1]
 * ```
 */
export async function runPhase(
  plan: PhasePlan,
  runner: RowRunner,
  options: RunOptions = {},
): Promise<PhaseDiagram> {
  // The losses of the quadratic model do not depend on the kernel.
  const store = storeOf(options, { spec: plan.spec });
  const rows = await runRows(
    { name: 'phaseRow', tasks: plan.rows, partOf: ({ row }) => `row-${row}` },
    runner,
    { store, onProgress: (done) => options.onProgress?.(done) },
  );
  return assemble(plan.spec, rows);
}

/** Multiplications of training a cell per N^2 D, measured: restarts of L-BFGS on the exact loss. */
const PER_CELL = 10_000;

/**
 * Roughly how many multiplications a phase diagram takes, for choosing the number of threads.
 *
 * @param plan the phase diagram.
 * @returns the number; 0 for a prediction, Infinity for training on samples, which always takes long.
 *
 * @example
 * ```js
 * import { planPhase } from 'polysem/phase';
 * import { phaseWork } from 'polysem/runs';
 * const density = { from: 1, to: 0.1, count: 2 };
 * const importance = { from: 0.01, to: 100, count: 3 };
 * const spec = { features: 2, dims: 1, shape: 'uniform', density, importance, trained: null, seed: 0 };
 * phaseWork(planPhase(spec)); // 0
 * ```
 */
export function phaseWork({ spec }: PhasePlan): number {
  const { features, dims, density, importance, trained } = spec;
  if (trained === null) return 0;
  if (trained.loss === 'sampled') return Infinity;
  return density.count * importance.count * features ** 2 * dims * PER_CELL;
}

function assemble(spec: PhaseSpec, rows: readonly PhaseRow[]): PhaseDiagram {
  const grid = (pick: (row: PhaseRow) => readonly number[]) =>
    Float64Array.from(rows.flatMap(pick));
  const trained = rows.flatMap((row) => row.trained ?? []);
  return {
    spec,
    version,
    density: axisValues(spec.density),
    importance: axisValues(spec.importance),
    capacity: grid((row) => row.capacity),
    loss: grid((row) => row.loss),
    degenerate: rows.flatMap((row) => row.degenerate),
    trained:
      trained.length === 0
        ? null
        : {
            capacity: Float64Array.from(trained.flatMap((row) => row.capacity)),
            loss: Float64Array.from(trained.flatMap((row) => row.loss)),
            gap: Float64Array.from(trained.flatMap((row) => row.gap)),
            restarts: Float64Array.from(trained.flatMap((row) => row.restarts)),
          },
  };
}
