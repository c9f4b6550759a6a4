import { measureCapacity } from '@polysem/core/capacity';
import { lbfgs, type LbfgsResult } from '../descent/lbfgs.ts';
import { embedding } from '@polysem/core/embedding';
import type { Kernel } from '../kernels/kernel.ts';
import type { Loss } from '../models/loss.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import { initialParameters, type InitialisationName } from '../training/initialise.ts';
import { cellLosses, type CellLosses } from './cell-losses.ts';
import { gridCell, type GridCell, type GridSpec } from './grid-spec.ts';

/** Where training in a cell led; plain data. */
export interface Optimum {
  /** See `parameterLayout`; without bias where the loss is exact and the bias at its best. */
  readonly parameters: Float32Array;
  /** By the cell's judge. */
  readonly loss: number;
  /** Capacity of each feature. */
  readonly capacity: Float64Array;
}

/** What is to be done in one row of a grid, a cell a column; plain data that can be sent to a worker. */
export interface SweepTask {
  readonly spec: GridSpec;
  readonly row: number;
  readonly cells: readonly {
    /** The best so far; null before any. */
    readonly best: Optimum | null;
    /** Random starts to take: the first, and how many. */
    readonly firstRestart: number;
    readonly restarts: number;
    /** Optima of neighbours to start from. */
    readonly starts: readonly Float32Array[];
  }[];
}

/** What was found in one row; plain data. */
export interface SweptRow {
  readonly row: number;
  readonly cells: readonly SweptCell[];
}

/** Where a random start ended: its loss by the judge, and the capacity of the first feature. */
export interface StartEnd {
  readonly loss: number;
  readonly capacity: number;
  /** Whether it was trained to the end, and not given up for want of prospect. */
  readonly isFinished: boolean;
}

/** What was found in one cell. */
export interface SweptCell {
  readonly best: Optimum | null;
  /** Whether that is better than what the task brought. */
  readonly isBetter: boolean;
  /** Where each random start ended; one that diverged is left out. */
  readonly restarts: readonly StartEnd[];
}

/** By less than this fraction a loss is not better: that is what rounding, and stopping early, leave. */
const BETTER = 1e-4;
/** How often at most the cells of a row hand their optimum on along it, in one task. */
const SWEEPS = 4;
/** Iterations of screening where that is on the training loss itself. */
const SCREENING_ITERATIONS = 60;
/** A random start that screening leads to so many times the least loss found is not trained further. */
const HOPELESS = 1.2;
/** Screened starts whose losses differ by less than this fraction, and capacities by less than that, lead to one optimum. */
const SAME = { loss: 1e-3, capacity: 0.01 };

/** First weights by turns: of a customary size, as large as the targets or orthonormal, and small. */
const INITIALISATIONS: Readonly<Record<'computation' | 'featurewise', InitialisationName[]>> = {
  computation: ['xavier', 'importance', 'small'],
  featurewise: ['xavier', 'orthogonal', 'small'],
};

/**
 * Trains the cells of a row: from random weights, from the optima handed in, and from those of their neighbours in the
 * row as long as that helps. The result is a function of the task and the kernel alone.
 */
export function sweepRow(kernel: Kernel, { spec, row, cells }: SweepTask): SweptRow {
  const lossesOf = cellLosses(kernel, spec);
  const sites = cells.map((_, column) => {
    const cell = gridCell(spec, row, column);
    return { cell, losses: lossesOf(cell) };
  });
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
    /** Where screening led so far, and training from there. */
    const known: { readonly rough: Optimum; readonly end: Optimum }[] = [];
    const ends: StartEnd[] = [];
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

  /** Of each cell, the version of its left and right neighbour's optimum that it has started from. */
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

  function minimise(cell: GridCell, losses: CellLosses, start: Float64Array): Optimum | null {
    return judged(cell, losses, descend(losses.training, losses, start).parameters);
  }
}

/** What was found, judged in the precision of the kernels, so that the loss is that of what is kept; null if not finite. */
function judged(cell: GridCell, { judge }: CellLosses, parameters: Float64Array): Optimum | null {
  const kept = Float64Array.from(Float32Array.from(parameters));
  return optimum(cell, kept, judge.evaluate(kept, new Float64Array(judge.size)));
}

function optimum({ model }: GridCell, parameters: Float64Array, loss: number): Optimum | null {
  if (!Number.isFinite(loss)) return null;
  const { features, dims } = model;
  const weights = embedding(dims, features, parameters.slice(0, features * dims));
  const { capacity } = measureCapacity(weights);
  return { parameters: Float32Array.from(parameters), loss, capacity };
}

/** Whether two are one optimum, but for the order of all features after the first, which are alike. */
function isSame(a: Optimum, b: Optimum): boolean {
  if (Math.abs(a.loss - b.loss) > SAME.loss * Math.min(a.loss, b.loss)) return false;
  const differs = (x: number, y: number): boolean => Math.abs(x - y) > SAME.capacity;
  if (differs(a.capacity[0], b.capacity[0])) return false;
  const [others, theirs] = [a, b].map(({ capacity }) => capacity.subarray(1).toSorted());
  return !others.some((c, i) => differs(c, theirs[i]));
}

function randomStart(
  { model }: GridCell,
  { training }: CellLosses,
  restart: number,
  stream: ReturnType<typeof generator>,
): Float64Array {
  const names = INITIALISATIONS[model.task === 'computation' ? 'computation' : 'featurewise'];
  const name = names[restart % names.length] as Exclude<InitialisationName, 'notebook'>;
  return initialParameters(model, { name }, stream).slice(0, training.size);
}
