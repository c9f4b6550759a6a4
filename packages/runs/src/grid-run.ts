import { availableParallelism } from 'node:os';
import {
  refine,
  trainGrid,
  trainRow,
  type GridDiagram,
  type GridPlan,
  type GridSpec,
  type RefinedStep,
  type RowTask,
  type TrainedRow,
} from '@polysem/engine/phase';
import { revision, version } from '@polysem/core/version';
import type { KernelName } from '@polysem/engine/kernels';
import { openPool } from '@polysem/threads/node';
import { chooseKernel } from './executor.ts';
import { identity } from './identity.ts';
import type { RunOptions } from './phase-run.ts';
import { openStore, type RunStore } from './store/run-store.ts';

/** Trains rows of grids; must be closed after use. */
export interface RowTrainer {
  readonly kernel: KernelName;
  readonly trainRows: (
    tasks: readonly RowTask[],
    onRow: (task: number, row: TrainedRow) => void,
  ) => Promise<TrainedRow[]>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a pool of workers, or uses this thread alone. Results do not depend on the number of
 * threads.
 *
 * @param options number of threads (default: all cores) and kernel (default: the fastest
 *   available).
 * @returns the trainer.
 * @throws RangeError if this engine cannot run the kernel.
 */
export async function openRowTrainer(
  options: { readonly threads?: number; readonly kernel?: KernelName } = {},
): Promise<RowTrainer> {
  const kernel = chooseKernel(options.kernel ?? 'auto');
  const threads = options.threads ?? availableParallelism();
  if (threads > 1) {
    const pool = await openPool({ threads, kernel: kernel.name });
    return { kernel: kernel.name, trainRows: pool.trainRows, close: pool.close };
  }
  return {
    kernel: kernel.name,
    trainRows: async (tasks, onRow) => {
      const rows: TrainedRow[] = [];
      for (const [index, task] of tasks.entries()) {
        rows.push(trainRow(kernel, task));
        onRow(index, rows[index]);
        // Gives interrupts a chance: training a row does not yield to the event loop.
        // oxlint-disable-next-line no-await-in-loop
        await new Promise((resolve) => setImmediate(resolve));
      }
      return rows;
    },
    close: async () => {},
  };
}

/** Rough fraction of the work that the first pass takes, for showing progress. */
const FIRST_PASS = 0.7;

/**
 * Trains the cells of a grid. With a journal, rows that an interrupted run of the same spec, version and kernel
 * finished are reused, and the result is the same, byte for byte.
 *
 * @param plan the grid (`planGrid`).
 * @param trainer trains the rows.
 * @param options journal and progress callback.
 * @returns the diagram.
 */
export async function runGrid(
  plan: GridPlan,
  trainer: RowTrainer,
  options: RunOptions & {
    /**
     * True to leave the journal of the finished grid to the caller, for a grid that is part of
     * longer work.
     */
    readonly keepJournal?: boolean;
  } = {},
): Promise<GridDiagram> {
  const store = gridStore(plan.spec, trainer, options);
  let pass = -1;
  const diagram = await trainGrid(plan, async (at, tasks) => {
    pass = at;
    const rows: TrainedRow[] = [];
    const open: number[] = [];
    const partOf = (row: number): string => `pass-${pass}-row-${row}`;
    tasks.forEach((task, i) => {
      const kept = store?.finished(partOf(task.row));
      if (kept === undefined) open.push(i);
      else rows[i] = kept as TrainedRow;
    });
    let done = tasks.length - open.length;
    const report = (): void => {
      const within = done / tasks.length;
      // The number of passes is unknown: assume that each takes half of the remaining work.
      const before = pass === 0 ? 0 : 1 - (1 - FIRST_PASS) * 0.5 ** (pass - 1);
      const share = pass === 0 ? FIRST_PASS : (1 - before) / 2;
      options.onProgress?.(before + share * within);
    };
    report();
    await trainer.trainRows(
      open.map((i) => tasks[i]),
      (k, row) => {
        rows[open[k]] = row;
        store?.finish(partOf(row.row), row);
        done++;
        report();
      },
    );
    return rows;
  });
  if (options.keepJournal !== true) store?.remove();
  return diagram;
}

/**
 * Refines boundaries along the rows of a trained grid (`refine`). With the journal that `runGrid`
 * kept, rows that an interrupted run finished are reused; the journal is removed at the end.
 *
 * @param diagram a trained grid.
 * @param trainer trains the rows.
 * @param rounds number of times each bracket of a boundary is halved.
 * @param options journal and progress callback.
 * @returns one step per boundary.
 * @throws RangeError as `refine` does.
 */
export async function runRefinement(
  diagram: GridDiagram,
  trainer: RowTrainer,
  rounds: number,
  options: RunOptions = {},
): Promise<RefinedStep[]> {
  const store = gridStore(diagram.spec, trainer, options);
  let round = -1;
  const steps = await refine(
    diagram,
    async (tasks) => {
      round++;
      const partOf = (k: number): string => `refinement-${round}-row-${k}`;
      const rows = tasks.map((_, k) => store?.finished(partOf(k)) as TrainedRow | undefined);
      const open = tasks.flatMap((_, k) => (rows[k] === undefined ? [k] : []));
      let done = tasks.length - open.length;
      await trainer.trainRows(
        open.map((k) => tasks[k]),
        (at, row) => {
          rows[open[at]] = row;
          store?.finish(partOf(open[at]), row);
          done++;
          options.onProgress?.((round + done / tasks.length) / rounds);
        },
      );
      return rows as TrainedRow[];
    },
    rounds,
  );
  store?.remove();
  return steps;
}

function gridStore(
  spec: GridSpec,
  { kernel }: RowTrainer,
  { journal }: RunOptions,
): RunStore | null {
  return journal === undefined
    ? null
    : openStore(journal, identity({ version, revision, spec, kernel }));
}
