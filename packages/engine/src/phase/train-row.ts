import { measureCapacity } from '@polysem/core/capacity';
import { lbfgs, type LbfgsResult } from '../descent/lbfgs.ts';
import { embedding } from '@polysem/core/embedding';
import type { Kernel } from '../kernels/kernel.ts';
import type { Loss } from '../models/loss.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import { initialParameters, type InitialisationName } from '../training/initialise.ts';
import { cellLosses, type CellLosses } from './cell-losses.ts';
import type { GridSpec } from './grid-spec.ts';
import type { PlannedCell } from './plan-grid.ts';

/** The result of training in a cell; plain data. */
export interface Optimum {
  /** See `parameterLayout`; without bias if the loss is exact, which uses the best bias. */
  readonly parameters: Float32Array;
  /** The loss by which the starts of the cell are compared. */
  readonly loss: number;
  /** Capacity of each feature. */
  readonly capacity: Float64Array;
}

/**
 * The work to do in one row of a grid, one entry per column; plain data that can be sent to a
 * worker.
 */
export interface RowTask {
  readonly spec: GridSpec;
  readonly row: number;
  readonly cells: readonly {
    readonly cell: PlannedCell;
    /** The best optimum so far; null before the first. */
    readonly best: Optimum | null;
    /** Index of the first random start to take, and number of random starts. */
    readonly firstRestart: number;
    readonly restarts: number;
    /** Optima of neighbours to start from. */
    readonly starts: readonly Float32Array[];
  }[];
}

/** The results of one row; plain data. */
export interface TrainedRow {
  readonly row: number;
  readonly cells: readonly TrainedCell[];
}

/**
 * The end of a random start: its loss by the common evaluation, and the capacity of the first
 * feature.
 */
export interface RestartEnd {
  readonly loss: number;
  readonly capacity: number;
  /** True if it was trained to the end rather than abandoned after screening. */
  readonly isFinished: boolean;
}

/** The results of one cell. */
export interface TrainedCell {
  readonly best: Optimum | null;
  /** True if `best` improves on the optimum in the task. */
  readonly isBetter: boolean;
  /** The end of each random start, except those that diverged. */
  readonly restarts: readonly RestartEnd[];
}

/**
 * A loss must fall by more than this fraction to count as better: smaller differences come from
 * rounding and early stopping.
 */
const BETTER = 1e-4;
/**
 * Maximum number of sweeps along a row, within one task, in which cells start from their
 * neighbours' optima.
 */
const SWEEPS = 4;
/** Iterations of screening if it uses the training loss itself. */
const SCREENING_ITERATIONS = 60;
/**
 * A random start whose loss after screening exceeds the smallest one by this factor is abandoned.
 */
const HOPELESS = 1.2;
/**
 * Screened starts lead to the same optimum if losses differ by less than this fraction and
 * capacities by less than this amount.
 */
const SAME = { loss: 1e-3, capacity: 0.01 };

/**
 * Initialisations, used in turn: of standard size, as large as the targets or orthonormal, and
 * small.
 */
const INITIALISATIONS: Readonly<Record<'computation' | 'featurewise', InitialisationName[]>> = {
  computation: ['xavier', 'importance', 'small'],
  featurewise: ['xavier', 'orthogonal', 'small'],
};

/**
 * Trains the cells of a row from random weights, from the optima in the task, and from the optima
 * of their neighbours in the row as long as that helps. The result depends only on the task and the
 * kernel.
 *
 * @param kernel the kernel that evaluates losses.
 * @param task the row and the starts of its cells.
 * @returns the best optimum of each cell, and the ends of its random starts.
 *
 * @example
 * ```js
 * import { typescriptKernel } from '@polysem/engine/kernels';
 * import { defaultGridTraining, planGrid, trainRow } from '@polysem/engine/phase';
 * const x = { parameter: 'importance', values: [0.01, 1, 100] };
 * const y = { parameter: 'density', values: [0.2] };
 * const architecture = { task: 'computation', activation: 'quadratic' };
 * const inputs = { shape: 'uniform', unitVariance: true, density: 0.2 };
 * const sizes = { features: 2, dims: 1, importance: 1, importancePower: 1, seed: 0 };
 * const spec = { architecture, ...inputs, ...sizes, x, y, training: defaultGridTraining };
 * const once = { best: null, firstRestart: 0, restarts: 1, starts: [] };
 * const cells = planGrid(spec).cells[0].map((cell) => ({ cell, ...once }));
 * const trained = trainRow(typescriptKernel, { spec, row: 0, cells });
 * trained.cells.map(({ best }) => best.capacity[0].toFixed(3)); // ['0.000', '0.500', '1.000']
 * ```
 */
export function trainRow(kernel: Kernel, { spec, row, cells }: RowTask): TrainedRow {
  const lossesOf = cellLosses(kernel, spec);
  const sites = cells.map(({ cell }) => ({ cell, losses: lossesOf(cell) }));
  const best = cells.map((cell) => cell.best);
  const versions = cells.map(() => 0);
  const offer = (column: number, found: Optimum | null): void => {
    const incumbent = best[column];
    if (found === null) return;
    if (incumbent !== null && !(found.loss < incumbent.loss * (1 - BETTER))) return;
    best[column] = found;
    versions[column]++;
  };

  const restarts = cells.map(({ firstRestart, restarts: count, starts }, column) => {
    const { cell, losses } = sites[column];
    const place = row * cells.length + column;
    const stream = childGenerator(childGenerator(generator(spec.seed), 1), place);
    const { iterations } = spec.training;
    const most =
      losses.screening === losses.training
        ? Math.min(iterations, SCREENING_ITERATIONS)
        : iterations;
    const screened = Array.from({ length: count }, (_, k) => {
      const first = randomStart(
        cell,
        losses,
        firstRestart + k,
        childGenerator(stream, firstRestart + k),
      );
      const { parameters, loss } = descend(losses.screening, losses, first, most);
      return optimum(cell, parameters, loss);
    }).filter((rough) => rough !== null);
    const least = screened.reduce((min, { loss }) => Math.min(min, loss), Infinity);
    /** Screened optima so far, each with the result of training from it. */
    const known: { readonly rough: Optimum; readonly end: Optimum }[] = [];
    const ends: RestartEnd[] = [];
    for (const rough of screened) {
      const isHopeless = rough.loss > HOPELESS * least;
      let end = known.find((one) => isSame(one.rough, rough))?.end ?? null;
      if (end === null) {
        const there = Float64Array.from(rough.parameters);
        end = isHopeless ? judged(cell, losses, there) : minimise(cell, losses, there);
        if (end === null) continue;
        known.push({ rough, end });
        offer(column, end);
      }
      ends.push({ loss: end.loss, capacity: end.capacity[0], isFinished: !isHopeless });
    }
    for (const start of starts) {
      if (start.length === losses.training.size)
        offer(column, minimise(cell, losses, Float64Array.from(start)));
    }
    return ends;
  });

  /**
   * For each cell, the version of its left and right neighbour's optimum that it last started from.
   */
  const tried = [cells.map(() => 0), cells.map(() => 0)];
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const before = versions.join();
    const side = sweep % 2;
    const step = side === 0 ? -1 : 1;
    for (let k = 1; k < cells.length; k++) {
      const column = side === 0 ? k : cells.length - 1 - k;
      const from = best[column + step];
      if (from === null || tried[side][column] === versions[column + step]) continue;
      tried[side][column] = versions[column + step];
      const { cell, losses } = sites[column];
      if (from.parameters.length === losses.training.size)
        offer(column, minimise(cell, losses, Float64Array.from(from.parameters)));
    }
    if (sweep > 0 && versions.join() === before) break;
  }
  return {
    row,
    cells: best.map((found, column) => ({
      best: found,
      isBetter: versions[column] > 0,
      restarts: restarts[column],
    })),
  };

  function descend(
    loss: Loss,
    { rounding, hasKinks }: CellLosses,
    start: Float64Array,
    maxIterations: number = spec.training.iterations,
  ): LbfgsResult {
    return lbfgs(loss, start, {
      memory: 12,
      maxIterations,
      gradientTolerance: rounding === 0 ? 1e-9 : 1e-6,
      rounding,
      wolfe: hasKinks ? 'weak' : 'strong',
    });
  }

  function minimise(cell: PlannedCell, losses: CellLosses, start: Float64Array): Optimum | null {
    return judged(cell, losses, descend(losses.training, losses, start).parameters);
  }
}

/**
 * Evaluates parameters rounded to float32, the precision in which they are stored, so that the loss
 * belongs to the stored ones; null if not finite.
 */
function judged(
  cell: PlannedCell,
  { judge }: CellLosses,
  parameters: Float64Array,
): Optimum | null {
  const kept = Float64Array.from(Float32Array.from(parameters));
  return optimum(cell, kept, judge.evaluate(kept, new Float64Array(judge.size)));
}

function optimum({ model }: PlannedCell, parameters: Float64Array, loss: number): Optimum | null {
  if (!Number.isFinite(loss)) return null;
  const { features, dims } = model;
  const weights = embedding(dims, features, parameters.slice(0, features * dims));
  const { capacity } = measureCapacity(weights);
  return { parameters: Float32Array.from(parameters), loss, capacity };
}

/**
 * True if two optima are equal up to the order of the features after the first, which are
 * interchangeable.
 */
function isSame(a: Optimum, b: Optimum): boolean {
  if (Math.abs(a.loss - b.loss) > SAME.loss * Math.min(a.loss, b.loss)) return false;
  const differs = (x: number, y: number): boolean => Math.abs(x - y) > SAME.capacity;
  if (differs(a.capacity[0], b.capacity[0])) return false;
  const [others, theirs] = [a, b].map(({ capacity }) => capacity.subarray(1).toSorted());
  return !others.some((c, i) => differs(c, theirs[i]));
}

function randomStart(
  { model }: PlannedCell,
  { training }: CellLosses,
  restart: number,
  stream: ReturnType<typeof generator>,
): Float64Array {
  const names = INITIALISATIONS[model.task === 'computation' ? 'computation' : 'featurewise'];
  const name = names[restart % names.length] as Exclude<InitialisationName, 'notebook'>;
  return initialParameters(model, { name }, stream).slice(0, training.size);
}
