import { allocateQuadratic } from '@polysem/core/theory';
import { momentsOfChecked } from '@polysem/core/features';
import { isQuadraticModel } from '../models/toy-model.ts';
import { DISAGREEMENT, type GridSpec } from './grid-spec.ts';
import type { GridPlan } from './plan-grid.ts';
import type { Optimum, RestartEnd, RowTask, TrainedRow } from './train-row.ts';

/** A phase diagram of any toy model; grids are row-major. */
export interface GridDiagram {
  readonly spec: GridSpec;
  /** Capacity of the varied feature at the best optimum found; NaN if every start diverged. */
  readonly capacity: Float64Array;
  /** Capacities of all features, one array per cell. */
  readonly capacities: readonly Float64Array[];
  /**
   * Standard error of the mean capacity over random restarts, including abandoned ones: standard
   * deviation / sqrt(restarts). It says how far restarts disagree, and is not an error of `capacity`,
   * which is that of the best restart.
   */
  readonly standardError: Float64Array;
  /** Loss by which starts are compared: exact or held-out. */
  readonly loss: Float64Array;
  /**
   * Number of distinct optima among the random starts that were trained to the end: those that
   * differ in loss or capacity.
   */
  readonly optima: Float64Array;
  /**
   * Largest difference in capacity between the best optimum and any random start whose loss is
   * within 1 % of the best. It is large where optima are degenerate or nearly so, which makes a map
   * of C rough even without noise.
   */
  readonly degeneracy: Float64Array;
  /** Random starts taken. */
  readonly restarts: Float64Array;
  /** Capacity that the theory predicts; null if the theory does not cover the grid. */
  readonly predicted: Float64Array | null;
  /** Parameters of the best optimum of each cell. */
  readonly parameters: readonly (Float32Array | null)[];
}

/**
 * Trains rows in any order, on any thread. The pass and the row together identify a task.
 */
export type TrainRows = (pass: number, tasks: readonly RowTask[]) => Promise<TrainedRow[]>;

/**
 * Optima are different if their losses differ by more than this fraction, or their capacities by
 * more than `APART`.
 */
const LOSS_APART = 2e-3;
const APART = 0.02;
/** Losses within this fraction of the best count as equally good, for `degeneracy`. */
const AS_GOOD = 0.01;

interface CellState {
  best: Optimum | null;
  /** True if the last pass improved it. */
  isFresh: boolean;
  restarts: RestartEnd[];
}

/**
 * Trains the cells of a grid. First every cell is trained from random weights. Then cells are trained from the
 * optima of their neighbours until none improves. Where neighbours still disagree, further random
 * starts are taken and optima are exchanged once more. Each pass depends only on earlier passes, so
 * the result does not depend on the order of work.
 *
 * @param plan the grid.
 * @param trainRows trains rows and returns them in the order of the tasks.
 * @returns the diagram.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { defaultGridTraining, planGrid, trainGrid, trainRow } from 'polysem/phase';
 * const x = { parameter: 'importance', values: [0.01, 1, 100] };
 * const y = { parameter: 'density', values: [0.2] };
 * const architecture = { task: 'computation', activation: 'quadratic' };
 * const inputs = { shape: 'uniform', unitVariance: true, density: 0.2 };
 * const sizes = { features: 2, dims: 1, importance: 1, importancePower: 1, seed: 0 };
 * const spec = { architecture, ...inputs, ...sizes, x, y, training: defaultGridTraining };
 * const diagram = await trainGrid(planGrid(spec), async (_pass, tasks) =>
 *   tasks.map((task) => trainRow(typescriptKernel, task)),
 * );
 * Array.from(diagram.capacity, (c) => c.toFixed(3)); // ['0.000', '0.500', '1.000']
 * ```
 */
export async function trainGrid(plan: GridPlan, trainRows: TrainRows): Promise<GridDiagram> {
  const { training } = plan.spec;
  const grid = plan.cells.map((row) =>
    row.map((): CellState => ({ best: null, isFresh: false, restarts: [] })),
  );
  let pass = 0;
  const take = async (tasks: readonly RowTask[]): Promise<void> => {
    const trained = tasks.length === 0 ? [] : await trainRows(pass, tasks);
    pass++;
    absorb(grid, trained);
  };
  const exchange = async (): Promise<void> => {
    for (let round = 0; round < training.passes; round++) {
      const tasks = exchangeTasks(plan, grid);
      if (tasks.length === 0) return;
      // Each pass depends on the one before.
      // oxlint-disable-next-line no-await-in-loop
      await take(tasks);
    }
  };
  await take(restartTasks(plan, grid, () => training.restarts));
  await exchange();
  if (training.moreRestarts > 0) {
    const more = (row: number, column: number): number =>
      isAtOdds(grid, row, column) ? training.moreRestarts : 0;
    await take(restartTasks(plan, grid, more));
    await exchange();
  }
  return diagram(plan, grid.flat());
}

type Grid = readonly (readonly CellState[])[];

/** Takes over the results of a pass. */
function absorb(grid: Grid, trained: readonly TrainedRow[]): void {
  for (const cell of grid.flat()) cell.isFresh = false;
  for (const { row, cells } of trained) {
    cells.forEach(({ best, isBetter, restarts }, column) => {
      const state = grid[row][column];
      state.best = best;
      state.isFresh = isBetter;
      state.restarts.push(...restarts);
    });
  }
}

/** Tasks for the rows in which a cell takes random starts. */
function restartTasks(
  plan: GridPlan,
  grid: Grid,
  restartsAt: (row: number, column: number) => number,
): RowTask[] {
  return grid.flatMap((cells, row) => {
    const restarts = cells.map((_, column) => restartsAt(row, column));
    return restarts.some((count) => count > 0)
      ? [taskOf(plan, grid, row, (column) => ({ restarts: restarts[column], starts: [] }))]
      : [];
  });
}

/** Tasks for the rows that have new optima above or below, from which their cells start. */
function exchangeTasks(plan: GridPlan, grid: Grid): RowTask[] {
  return grid.flatMap((cells, row) => {
    const starts = cells.map((_, column) =>
      [row - 1, row + 1].flatMap((other) => {
        const state = grid[other]?.[column];
        return state?.isFresh === true && state.best !== null ? [state.best.parameters] : [];
      }),
    );
    return starts.some((list) => list.length > 0)
      ? [taskOf(plan, grid, row, (column) => ({ restarts: 0, starts: starts[column] }))]
      : [];
  });
}

function taskOf(
  { spec, cells }: GridPlan,
  grid: Grid,
  row: number,
  startsOf: (column: number) => Pick<RowTask['cells'][number], 'restarts' | 'starts'>,
): RowTask {
  return {
    spec,
    row,
    cells: grid[row].map(({ best, restarts }, column) => ({
      cell: cells[row][column],
      best,
      firstRestart: restarts.length,
      ...startsOf(column),
    })),
  };
}

function isAtOdds(grid: Grid, row: number, column: number): boolean {
  const here = grid[row][column].best?.capacity[0] ?? NaN;
  return [
    grid[row - 1]?.[column],
    grid[row + 1]?.[column],
    grid[row][column - 1],
    grid[row][column + 1],
  ].some((other) => {
    const there = other?.best?.capacity[0];
    return there !== undefined && Math.abs(there - here) > DISAGREEMENT;
  });
}

function diagram(plan: GridPlan, cells: readonly CellState[]): GridDiagram {
  const numbers = (of: (cell: CellState) => number): Float64Array => Float64Array.from(cells, of);
  return {
    spec: plan.spec,
    capacity: numbers(({ best }) => best?.capacity[0] ?? NaN),
    capacities: cells.map(({ best }) => best?.capacity ?? new Float64Array(0)),
    standardError: numbers(({ restarts }) => standardError(restarts.map((end) => end.capacity))),
    loss: numbers(({ best }) => best?.loss ?? Infinity),
    optima: numbers(({ restarts }) => distinct(restarts.filter(({ isFinished }) => isFinished))),
    degeneracy: numbers(degeneracy),
    restarts: numbers(({ restarts }) => restarts.length),
    predicted: predict(plan),
    parameters: cells.map(({ best }) => best?.parameters ?? null),
  };
}

function degeneracy({ best, restarts }: CellState): number {
  if (best === null) return NaN;
  return restarts
    .filter(({ loss }) => loss <= best.loss * (1 + AS_GOOD))
    .reduce((most, { capacity }) => Math.max(most, Math.abs(capacity - best.capacity[0])), 0);
}

/** The standard error of a mean; NaN for fewer than two numbers. */
function standardError(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return NaN;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (n - 1) / n);
}

function distinct(ends: CellState['restarts']): number {
  const kinds: CellState['restarts'] = [];
  for (const end of ends) {
    const isKnown = kinds.some(
      ({ loss, capacity }) =>
        Math.abs(end.loss - loss) <= LOSS_APART * loss &&
        Math.abs(end.capacity - capacity) <= APART,
    );
    if (!isKnown) kinds.push(end);
  }
  return kinds.length;
}

/** The theory's prediction for each cell; null if it does not cover the grid. */
function predict({ cells }: GridPlan): Float64Array | null {
  const capacity: number[] = [];
  for (const { model, inputs } of cells.flat()) {
    if (inputs.kind === 'correlated') return null;
    const { mean, kurtosis } = momentsOfChecked(inputs.marginals[0]);
    if (!isQuadraticModel(model) || mean !== 0 || !(kurtosis < Infinity)) return null;
    const { importance, dims } = model;
    const best = allocateQuadratic({ importance, kurtosis: Math.max(1, kurtosis), dims });
    capacity.push(best.capacity[0]);
  }
  return Float64Array.from(capacity);
}
