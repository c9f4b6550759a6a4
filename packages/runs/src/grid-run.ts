import { availableParallelism } from 'node:os';
import {
  refine,
  survey,
  sweepRow,
  type GridDiagram,
  type GridSpec,
  type RefinedStep,
  type SweepTask,
  type SweptRow,
} from '@polysem/engine/phase';
import { revision, version } from '@polysem/core';
import type { KernelName } from '@polysem/engine/kernels';
import { openPool } from '@polysem/threads/node';
import { pack, unpack } from './checkpoint.ts';
import { chooseKernel } from './executor.ts';
import { identity } from './identity.ts';
import { openJournal, type Journal } from './journal.ts';
import type { RunOptions } from './phase-run.ts';

/** What works on the rows of grids; it must be closed. */
export interface Sweeper {
  readonly kernel: KernelName;
  readonly sweep: (
    tasks: readonly SweepTask[],
    onRow: (task: number, row: SweptRow) => void,
  ) => Promise<SweptRow[]>;
  readonly close: () => Promise<void>;
}

/**
 * Opens so many threads, or this one alone. Results do not depend on how many.
 *
 * @throws RangeError if this engine cannot run the kernel.
 */
export async function openSweeper(
  options: { readonly threads?: number; readonly kernel?: KernelName } = {},
): Promise<Sweeper> {
  const kernel = chooseKernel(options.kernel ?? 'auto');
  const threads = options.threads ?? availableParallelism();
  if (threads > 1) {
    const pool = await openPool({ threads, kernel: kernel.name });
    return { kernel: kernel.name, sweep: pool.sweep, close: pool.close };
  }
  return {
    kernel: kernel.name,
    sweep: async (tasks, onRow) => {
      const rows: SweptRow[] = [];
      for (const [index, task] of tasks.entries()) {
        rows.push(sweepRow(kernel, task));
        onRow(index, rows[index]);
        // Lets an interrupt through: rows are worked on without a pause.
        // oxlint-disable-next-line no-await-in-loop
        await new Promise((resolve) => setImmediate(resolve));
      }
      return rows;
    },
    close: async () => {},
  };
}

/** The part of the work that is in the first pass, roughly: for showing progress. */
const FIRST_PASS = 0.7;

/**
 * Surveys a grid. With a journal, rows that an interrupted run of the same spec, version and kernel finished are taken
 * from it, and the result is the same, byte for byte.
 *
 * @throws RangeError if the spec is malformed.
 */
export async function runGrid(
  spec: GridSpec,
  sweeper: Sweeper,
  options: RunOptions & {
    /** Leaves the journal of the finished survey for the caller to remove: it is part of longer work. */
    readonly keepJournal?: boolean;
  } = {},
): Promise<GridDiagram> {
  const journal = gridJournal(spec, sweeper, options);
  const rowsOfGrid = spec.y.values.length;
  let pass = -1;
  const diagram = await survey(spec, async (at, tasks) => {
    pass = at;
    const rows: SweptRow[] = [];
    const open: number[] = [];
    tasks.forEach((task, i) => {
      const kept = unpack(journal?.done.get(pass * rowsOfGrid + task.row));
      if (kept === undefined) open.push(i);
      else rows[i] = kept as SweptRow;
    });
    let done = tasks.length - open.length;
    const report = (): void => {
      const within = done / tasks.length;
      // How many passes there will be is not known: each is taken for half of what is left.
      const before = pass === 0 ? 0 : 1 - (1 - FIRST_PASS) * 0.5 ** (pass - 1);
      const share = pass === 0 ? FIRST_PASS : (1 - before) / 2;
      options.onProgress?.(before + share * within);
    };
    report();
    await sweeper.sweep(
      open.map((i) => tasks[i]),
      (k, row) => {
        rows[open[k]] = row;
        journal?.add(pass * rowsOfGrid + row.row, pack(row));
        done++;
        report();
      },
    );
    return rows;
  });
  if (options.keepJournal !== true) journal?.finish();
  return diagram;
}

/**
 * Finds boundaries along the rows of a surveyed grid more finely (`refine`). With the journal that `runGrid` kept, what an
 * interrupted run had done of it is not done again; the journal is removed at the end.
 *
 * @param rounds how often each bracket of a boundary is halved.
 * @throws RangeError as `refine`.
 */
export async function runRefinement(
  diagram: GridDiagram,
  sweeper: Sweeper,
  rounds: number,
  options: RunOptions = {},
): Promise<RefinedStep[]> {
  const journal = gridJournal(diagram.spec, sweeper, options);
  const rowsOfGrid = diagram.spec.y.values.length;
  let round = -1;
  const steps = await refine(
    diagram,
    async (tasks) => {
      round++;
      // Below zero, where the survey's passes have no parts.
      const part = (k: number): number => -1 - (round * rowsOfGrid + k);
      const rows = tasks.map((_, k) => unpack(journal?.done.get(part(k))) as SweptRow | undefined);
      const open = tasks.flatMap((_, k) => (rows[k] === undefined ? [k] : []));
      let done = tasks.length - open.length;
      await sweeper.sweep(
        open.map((k) => tasks[k]),
        (at, row) => {
          rows[open[at]] = row;
          journal?.add(part(open[at]), pack(row));
          done++;
          options.onProgress?.((round + done / tasks.length) / rounds);
        },
      );
      return rows as SweptRow[];
    },
    rounds,
  );
  journal?.finish();
  return steps;
}

function gridJournal(
  spec: GridSpec,
  { kernel }: Sweeper,
  { journal }: RunOptions,
): Journal<string> | null {
  return journal === undefined
    ? null
    : openJournal(journal, identity({ version, revision, spec, kernel }));
}
