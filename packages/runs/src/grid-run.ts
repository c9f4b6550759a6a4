import {
  refine,
  trainGrid,
  type GridDiagram,
  type GridPlan,
  type GridSpec,
  type RefinedStep,
} from '@polysem/engine/phase';
import { runRows, storeOf, type RowRunner, type RunOptions } from './run-rows.ts';
import type { RunStore } from './store/run-store.ts';

/** Rough fraction of the work that the first pass takes, for showing progress. */
const FIRST_PASS = 0.7;

/**
 * Trains the cells of a grid. With a journal, rows that an interrupted run of the same spec, version
 * and kernel finished are reused, and the result is the same, byte for byte.
 *
 * @param plan the grid (`planGrid`).
 * @param runner computes the rows.
 * @param options journal and progress callback.
 * @returns the diagram.
 *
 * @example
 * ```js
 * import { defaultGridTraining, planGrid } from 'polysem/phase';
 * import { openRowRunner, runGrid } from 'polysem/runs';
 * const x = { parameter: 'importance', values: [0.01, 100] };
 * const y = { parameter: 'density', values: [0.2] };
 * const architecture = { task: 'computation', activation: 'quadratic' };
 * const sizes = { features: 2, dims: 1, importance: 1, density: 0.2, importancePower: 1 };
 * const inputs = { shape: 'uniform', unitVariance: true };
 * const plan = planGrid({ architecture, ...inputs, ...sizes, x, y, training: defaultGridTraining, seed: 0 });
 * const runner = await openRowRunner({ threads: 1 });
 * const { capacity } = await runGrid(plan, runner);
 * Array.from(capacity, Math.round); // [0, 1]
 * ```
 */
export async function runGrid(
  plan: GridPlan,
  runner: RowRunner,
  options: RunOptions = {},
): Promise<GridDiagram> {
  const store = gridStore(plan.spec, runner, options);
  const diagram = await trainGrid(plan, (pass, tasks) => {
    // The number of passes is unknown: assume that each takes half of the remaining work.
    const before = pass === 0 ? 0 : 1 - (1 - FIRST_PASS) * 2 ** (1 - pass);
    const share = pass === 0 ? FIRST_PASS : (1 - before) / 2;
    return runRows(
      { name: 'trainRow', tasks, partOf: ({ row }) => `pass-${pass}-row-${row}` },
      runner,
      { store, onProgress: (done) => options.onProgress?.(before + share * done) },
    );
  });
  return diagram;
}

/**
 * Refines boundaries along the rows of a trained grid (`refine`). With the journal of
 * `runGrid`, rows that an interrupted run finished are reused.
 *
 * @param diagram a trained grid.
 * @param runner computes the rows.
 * @param rounds number of times each bracket of a boundary is halved.
 * @param options journal and progress callback.
 * @returns one step per boundary.
 * @throws RangeError as `refine` does.
 *
 * @example
 * ```js
 * import { defaultGridTraining, planGrid } from 'polysem/phase';
 * import { openRowRunner, runGrid, runRefinement } from 'polysem/runs';
 * const x = { parameter: 'importance', values: [0.5, 3] };
 * const y = { parameter: 'density', values: [0.9] };
 * const architecture = { task: 'computation', activation: 'quadratic' };
 * const sizes = { features: 3, dims: 1, importance: 1, density: 0.9, importancePower: 1 };
 * const inputs = { shape: 'uniform', unitVariance: true };
 * const plan = planGrid({ architecture, ...inputs, ...sizes, x, y, training: defaultGridTraining, seed: 0 });
 * const runner = await openRowRunner({ threads: 1 });
 * const [{ from, to }] = await runRefinement(await runGrid(plan, runner), runner, 5);
 * [from < 1, to > 1, to / from < 1.1]; // [true, true, true]
 * ```
 */
export async function runRefinement(
  diagram: GridDiagram,
  runner: RowRunner,
  rounds: number,
  options: RunOptions = {},
): Promise<RefinedStep[]> {
  const store = gridStore(diagram.spec, runner, options);
  let round = -1;
  return refine(
    diagram,
    (tasks) => {
      round++;
      return runRows(
        { name: 'trainRow', tasks, partOf: (_, k) => `refinement-${round}-row-${k}` },
        runner,
        { store, onProgress: (done) => options.onProgress?.((round + done) / rounds) },
      );
    },
    rounds,
  );
}

function gridStore(spec: GridSpec, { kernel }: RowRunner, options: RunOptions): RunStore | null {
  return storeOf(options, { spec, kernel });
}
