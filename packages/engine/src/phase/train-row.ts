import { measureCapacity } from '@polysem/core/capacity';
import {
  beginLbfgs,
  continueLbfgs,
  lbfgs,
  resumeLbfgs,
  type LbfgsOptions,
} from '../descent/lbfgs.ts';
import { embedding } from '@polysem/core/embedding';
import type { Kernel } from '../kernels/kernel.ts';
import { generator, childGenerator, type Generator } from '@polysem/numerics/random';
import { cellLosses, type CellLosses } from './cell-losses.ts';
import type { GridSpec } from './grid-spec.ts';
import type { PlannedCell } from './plan-grid.ts';
import { randomStart } from './random-start.ts';

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
  /** True if it was trained to the end rather than abandoned. */
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
const SCREENING_ITERATIONS = 30;
/**
 * Relative precision of screening on fewer inputs. Their loss differs from the training loss by several percent, so that
 * a more precise minimum says nothing about the training loss.
 */
const SCREENING_PRECISION = 1e-3;
/**
 * A descent is interrupted once three steps in a row lower the loss by less than this fraction. If its loss is then
 * `LOSING` times the one of the best optimum, it is abandoned: it would need a hundred such steps to catch up. Most starts
 * end in other local optima, and approach them slowly.
 */
const ROUGH_PRECISION = 1e-4;
const LOSING = 1.01;
/** Recent steps that L-BFGS keeps. Losses with kinks need more than smooth ones. */
const MEMORY = 24;
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
 * import { typescriptKernel } from 'polysem/kernels';
 * import { defaultGridTraining, planGrid, trainRow } from 'polysem/phase';
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
  const { iterations } = spec.training;
  const sites = cells.map(({ cell, best }): Site => ({
    cell,
    losses: lossesOf(cell),
    iterations,
    best,
    version: 0,
  }));
  const streams = childGenerator(generator(spec.seed), 1);
  const restarts = cells.map(({ firstRestart, restarts: count, starts }, column) => {
    const site = sites[column];
    const stream = childGenerator(streams, row * cells.length + column);
    const screened = Array.from({ length: count }, (_, k) =>
      screen(site, firstRestart + k, childGenerator(stream, firstRestart + k)),
    );
    const ends = finish(
      site,
      screened.filter((rough) => rough !== null),
    );
    for (const start of starts) startFrom(site, start);
    return ends;
  });
  exchange(sites);
  return {
    row,
    cells: sites.map(({ best, version }, column) => ({
      best,
      isBetter: version > 0,
      restarts: restarts[column],
    })),
  };
}

/** A cell in training. */
interface Site {
  readonly cell: PlannedCell;
  readonly losses: CellLosses;
  /** Maximum number of L-BFGS iterations per start. */
  readonly iterations: number;
  /** The best optimum so far, and the number of times that it was replaced. */
  best: Optimum | null;
  version: number;
}

/** Replaces the optimum of a cell by a better one. */
function offer(site: Site, found: Optimum | null): void {
  if (found === null) return;
  if (site.best !== null && !(found.loss < site.best.loss * (1 - BETTER))) return;
  site.best = found;
  site.version++;
}

/** Trains a random start on the screening loss; null if it diverges. */
function screen(
  { cell, losses, iterations }: Site,
  restart: number,
  stream: Generator,
): Optimum | null {
  const { screening, training } = losses;
  const most = screening === training ? Math.min(iterations, SCREENING_ITERATIONS) : iterations;
  const first = randomStart(cell, losses, restart, stream);
  const options = lbfgsOptions(losses, most);
  const { parameters, loss } = lbfgs(
    screening,
    first,
    screening === training ? options : { ...options, rounding: SCREENING_PRECISION },
  );
  return optimum(cell, parameters, loss);
}

/**
 * Trains screened starts to the end. Hopeless ones are only evaluated, and those that lead to the
 * same optimum are trained once.
 */
function finish(site: Site, screened: readonly Optimum[]): RestartEnd[] {
  const { cell, losses } = site;
  const least = screened.reduce((min, { loss }) => Math.min(min, loss), Infinity);
  /** Screened optima so far, each with the result of training from it. */
  const known: { readonly rough: Optimum; readonly end: DescentEnd }[] = [];
  const ends: RestartEnd[] = [];
  for (const rough of screened) {
    const isHopeless = rough.loss > HOPELESS * least;
    let end = known.find((one) => isSame(one.rough, rough))?.end ?? null;
    if (end === null) {
      const there = Float64Array.from(rough.parameters);
      end = isHopeless
        ? { found: evaluated(cell, losses, there), isFinished: false }
        : minimise(site, there);
      if (end.found === null) continue;
      known.push({ rough, end });
      offer(site, end.found);
    }
    const { found, isFinished } = end;
    if (found !== null) ends.push({ loss: found.loss, capacity: found.capacity[0], isFinished });
  }
  return ends;
}

/** Trains a cell from an optimum of another cell, if that has as many parameters. */
function startFrom(site: Site, parameters: Float32Array): void {
  if (parameters.length !== site.losses.training.size) return;
  offer(site, minimise(site, Float64Array.from(parameters)).found);
}

/**
 * Trains cells from the optima of their neighbours, in turn from the left and from the right, as
 * long as that helps.
 */
function exchange(sites: readonly Site[]): void {
  const versions = (): number => sites.reduce((sum, { version }) => sum + version, 0);
  /**
   * For each cell, the version of its left and right neighbour's optimum that it last started from.
   */
  const tried = [sites.map(() => 0), sites.map(() => 0)];
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const before = versions();
    const side = sweep % 2;
    const step = side === 0 ? -1 : 1;
    for (let k = 1; k < sites.length; k++) {
      const column = side === 0 ? k : sites.length - 1 - k;
      const { best, version } = sites[column + step];
      if (best === null || tried[side][column] === version) continue;
      tried[side][column] = version;
      startFrom(sites[column], best.parameters);
    }
    if (sweep > 0 && versions() === before) break;
  }
}

function lbfgsOptions({ rounding, hasKinks }: CellLosses, maxIterations: number): LbfgsOptions {
  return {
    memory: MEMORY,
    maxIterations,
    gradientTolerance: rounding === 0 ? 1e-9 : 1e-6,
    rounding,
    wolfe: hasKinks ? 'weak' : 'strong',
  };
}

/** The end of a descent. */
interface DescentEnd {
  /** Null if the descent diverged. */
  readonly found: Optimum | null;
  /** False if it was abandoned. */
  readonly isFinished: boolean;
}

/**
 * Trains a cell from given parameters. Abandons a descent that approaches an optimum worse than the best one, unless the loss is
 * exact and therefore cheap.
 */
function minimise(site: Site, start: Float64Array): DescentEnd {
  const { cell, losses, iterations } = site;
  const { training, rounding } = losses;
  const options = lbfgsOptions(losses, iterations);
  const state = beginLbfgs(training, start, options);
  if (rounding > 0) {
    continueLbfgs(training, state, Infinity, { ...options, rounding: ROUGH_PRECISION });
    if (state.loss > LOSING * bestTrainingLoss(site))
      return { found: evaluated(cell, losses, state.parameters), isFinished: false };
    resumeLbfgs(state);
  }
  continueLbfgs(training, state, Infinity, options);
  return { found: evaluated(cell, losses, state.parameters), isFinished: true };
}

/** The training loss of the best optimum of a cell; Infinity before the first. */
function bestTrainingLoss({ best, losses: { training } }: Site): number {
  if (best === null) return Infinity;
  return training.evaluate(Float64Array.from(best.parameters), new Float64Array(training.size));
}

/**
 * Evaluates parameters rounded to float32, the precision in which they are stored, so that the loss
 * belongs to the stored ones; null if not finite.
 */
function evaluated(
  cell: PlannedCell,
  { evaluation }: CellLosses,
  parameters: Float64Array,
): Optimum | null {
  const kept = Float64Array.from(Float32Array.from(parameters));
  return optimum(cell, kept, evaluation.evaluate(kept, new Float64Array(evaluation.size)));
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
