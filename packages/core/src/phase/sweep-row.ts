import { measureCapacity } from '../capacity/measure.ts';
import { lbfgs, type LbfgsResult } from '../descent/lbfgs.ts';
import { embedding } from '../embedding.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { generator, split } from '../random/generator.ts';
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

/** What was found in one cell. */
export interface SweptCell {
  readonly best: Optimum | null;
  /** Whether that is better than what the task brought. */
  readonly isBetter: boolean;
  /** Loss and capacity of the first feature that each random start led to; one that diverged is left out. */
  readonly restarts: readonly { readonly loss: number; readonly capacity: number }[];
}

/** By less than this fraction a loss is not better: that is what rounding, and stopping early, leave. */
const BETTER = 1e-4;
/** How often at most the cells of a row hand their optimum on along it, in one task. */
const SWEEPS = 4;
/** After so many iterations a random start is given up if its loss is still so many times the best one's. */
const SCREENING = { iterations: 60, factor: 1.2 };

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
  /** The best training loss of each cell, by which random starts are given up. */
  const leaders = cells.map(() => Infinity);
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
    const stream = split(split(generator(spec.seed), 1), place);
    const ends: { loss: number; capacity: number }[] = [];
    for (let r = firstRestart; r < firstRestart + count; r++) {
      const first = randomStart(cell, losses, r, split(stream, r));
      const screened = descend(losses, first, SCREENING.iterations);
      const isHopeless = screened.loss > SCREENING.factor * leaders[column];
      const end = isHopeless ? screened : descend(losses, screened.parameters);
      leaders[column] = Math.min(leaders[column], end.loss);
      const found = judged(cell, losses, end.parameters);
      offer(column, found);
      if (found !== null) ends.push({ loss: found.loss, capacity: found.capacity[0] });
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
    { training, rounding }: CellLosses,
    start: Float64Array,
    maxIterations: number = spec.training.iterations,
  ): LbfgsResult {
    return lbfgs(training, start, {
      memory: 12,
      maxIterations,
      gradientTolerance: rounding === 0 ? 1e-9 : 1e-6,
      rounding,
    });
  }

  function minimise(cell: GridCell, losses: CellLosses, start: Float64Array): Optimum | null {
    return judged(cell, losses, descend(losses, start).parameters);
  }
}

/** What was found, judged in the precision of the kernels, so that the loss is that of what is kept; null if not finite. */
function judged(
  { model }: GridCell,
  { judge }: CellLosses,
  parameters: Float64Array,
): Optimum | null {
  const kept = Float32Array.from(parameters);
  const at = Float64Array.from(kept);
  const loss = judge.evaluate(at, new Float64Array(judge.size));
  if (!Number.isFinite(loss)) return null;
  const { features, dims } = model;
  const weights = embedding(dims, features, at.subarray(0, features * dims));
  return { parameters: kept, loss, capacity: measureCapacity(weights).capacity };
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
