import {
  planGrid,
  planPhase,
  trainGrid,
  type GridSpec,
  type PhaseSpec,
} from '@polysem/engine/phase';
import { openPool, type WebWorker, type WorkerPool } from '@polysem/threads/browser';
import { startWorker } from './start-worker.ts';

/** A phase diagram as far as it is computed, row by row; NaN where it is not. */
export interface DiagramCells {
  readonly columns: number;
  readonly rows: number;
  /** Capacity of feature 0 in each cell. */
  readonly capacity: Float64Array;
  /** Largest difference in capacity between equally good starts. */
  readonly degeneracy: Float64Array;
  /** Number of distinct optima among the starts; 0 where unknown. */
  readonly optima: Float64Array;
  /** 0 to 1. */
  readonly done: number;
  readonly isFinal: boolean;
}

/** A diagram to compute, of the quadratic model or of any model over two parameters; called as rows come in. */
export type DiagramWork = (
  | { readonly kind: 'phase'; readonly spec: PhaseSpec }
  | { readonly kind: 'grid'; readonly spec: GridSpec }
) & { readonly onCells: (cells: DiagramCells) => void };

/** Computes diagrams with all processors; new ones replace those before. */
export interface DiagramRunner {
  /**
   * Computes diagrams one after the other, rows from coarse to fine. Resolves to false if the work was stopped.
   *
   * @throws RangeError if a spec is malformed.
   */
  readonly compute: (work: readonly DiagramWork[]) => Promise<boolean>;
  readonly stop: () => void;
}

/** Opens a runner; workers start with the first diagram. */
export function openDiagramRunner(threads: number): DiagramRunner {
  let pool: Promise<WorkerPool> | null = null;
  let current = 0;
  const end = (): void => {
    current++;
    void pool?.then((open) => open.close()).catch(() => undefined);
    pool = null;
  };
  return {
    stop: end,
    compute: async (work) => {
      end();
      const mine = current;
      if (work.length === 0) return true;
      const models = work.flatMap((one) => (one.kind === 'grid' ? [one.spec.architecture] : []));
      pool = openPool({ threads, models, worker: () => startWorker() as unknown as WebWorker });
      try {
        const workers = await pool;
        for (const one of work) {
          if (mine !== current) return false;
          // Planned when its turn comes: the first picture does not wait for the plan of the second.
          const run = one.kind === 'phase' ? phaseRun(one.spec) : gridRun(one.spec);
          // One diagram after the other, so that each is complete as soon as possible.
          // oxlint-disable-next-line no-await-in-loop
          await run(
            workers,
            calm((cells) => {
              if (mine === current) one.onCells(cells);
            }),
          );
        }
        return mine === current;
      } catch (error) {
        if (mine !== current) return false;
        throw error;
      }
    },
  };
}

/** Milliseconds between two pictures of a diagram. */
const PICTURE = 100;

/** Passes on what is due, and what is final: each picture takes the page time that training could have. */
function calm(onCells: (cells: DiagramCells) => void): (cells: DiagramCells) => void {
  let last = -Infinity;
  return (cells) => {
    const now = performance.now();
    if (now - last < PICTURE && !cells.isFinal) return;
    last = now;
    onCells(cells);
  };
}

type Run = (pool: WorkerPool, onCells: (cells: DiagramCells) => void) => Promise<void>;

/** Empty arrays for a diagram. */
function blank(rows: number, columns: number) {
  const empty = (): Float64Array => new Float64Array(rows * columns).fill(NaN);
  return { rows, columns, capacity: empty(), degeneracy: empty(), optima: empty() };
}

/** The cells so far, as arrays of their own: the page draws again what is another object. */
function copyOf(cells: ReturnType<typeof blank>, done: number, isFinal: boolean): DiagramCells {
  const { capacity, degeneracy, optima } = cells;
  return {
    ...cells,
    capacity: capacity.slice(),
    degeneracy: degeneracy.slice(),
    optima: optima.slice(),
    done,
    isFinal,
  };
}

function phaseRun(spec: PhaseSpec): Run {
  const plan = planPhase(spec);
  const columns = spec.importance.count;
  return async (pool, onCells) => {
    const cells = blank(plan.rows.length, columns);
    let done = 0;
    await pool.computeRows({
      name: 'phaseRow',
      tasks: coarseToFine(plan.rows),
      onRow: (_task, { row, capacity, trained }) => {
        cells.capacity.set(trained?.capacity ?? capacity, row * columns);
        cells.degeneracy.fill(0, row * columns, (row + 1) * columns);
        cells.optima.fill(0, row * columns, (row + 1) * columns);
        done++;
        onCells(copyOf(cells, done / plan.rows.length, done === plan.rows.length));
      },
    });
  };
}

/** Share of the work that is done before cells start from the optima of their neighbours. */
const FIRST_PASS = 0.7;

function gridRun(spec: GridSpec): Run {
  const plan = planGrid(spec);
  const columns = spec.x.values.length;
  return async (pool, onCells) => {
    const cells = blank(spec.y.values.length, columns);
    let done = 0;
    const diagram = await trainGrid(plan, async (pass, tasks) => {
      const ordered = coarseToFine(tasks);
      const share = pass === 0 ? FIRST_PASS : (1 - done) / 2;
      const trained = await pool.computeRows({
        name: 'trainRow',
        tasks: ordered,
        onRow: (_task, { row, cells: found }) => {
          found.forEach(({ best }, column) => {
            cells.capacity[row * columns + column] = best?.capacity[0] ?? NaN;
          });
          done += share / tasks.length;
          onCells(copyOf(cells, done, false));
        },
      });
      const byRow = new Map(trained.map((row) => [row.row, row]));
      return tasks.map(({ row }) => byRow.get(row)!);
    });
    const { capacity, degeneracy, optima } = diagram;
    onCells({ ...cells, capacity, degeneracy, optima, done: 1, isFinal: true });
  };
}

/** Rows in an order that covers the diagram coarsely first: every eighth, fourth, second, and then the rest. */
function coarseToFine<T extends { readonly row: number }>(tasks: readonly T[]): T[] {
  const stride = ({ row }: T): number => [8, 4, 2].find((gap) => row % gap === 0) ?? 1;
  return tasks.toSorted((a, b) => stride(b) - stride(a) || a.row - b.row);
}
