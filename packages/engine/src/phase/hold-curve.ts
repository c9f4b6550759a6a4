import { checkHeld } from '../hold/held-loss.ts';
import { checkModel } from '../models/toy-model.ts';
import type { HeldPoint, HoldSpec, HoldTask } from './hold-point.ts';

/** Loss against held capacity. */
export interface HoldCurve {
  /** One point per capacity, ascending. */
  readonly points: readonly HeldPoint[];
  /** The optimum without holding. */
  readonly free: HeldPoint;
}

/** Most passes in which points start from the optima of their neighbours. */
const PASSES = 6;
/** Share of the work that is done before points start from their neighbours again. */
const FIRST_TRAINING = 0.8;
/** A loss must fall by more than this fraction to count as better. */
const BETTER = 1e-6;
/** Gaps between the points of each level, from coarse to fine. */
const GAPS = [8, 4, 2, 1];

/**
 * Trains the curve of loss against the capacity of one feature: every eighth point first, together with the optimum without
 * holding, and then the points between, which also start from the optima of their neighbours (the finer half from fewer random
 * weights). Afterwards all points start from
 * their neighbours as long as that helps. Each level waits for the one before, so that the result does not depend on the number
 * of threads.
 *
 * @param spec the model, its inputs and the held feature.
 * @param capacities the capacities of the points, ascending, from 0 to 1.
 * @param computePoints trains points, in any order, and returns them in the order of the tasks; the first argument is the
 *   fraction of the work before these tasks, 0 to 1.
 * @returns the curve.
 * @throws RangeError if the model is malformed, the feature does not exist, or the capacities do not ascend within [0, 1].
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { defaultGridTraining, holdPoint, trainHoldCurve } from 'polysem/phase';
 * const model = { task: 'computation', activation: 'quadratic', features: 2, dims: 1, importance: [1, 1] };
 * const inputs = { shape: 'uniform', density: 0.2, unitVariance: true };
 * const spec = { model, inputs, feature: 0, training: defaultGridTraining, seed: 0 };
 * const compute = async (_done, tasks) => tasks.map((task) => holdPoint(typescriptKernel, task));
 * const { points, free } = await trainHoldCurve(spec, [0, 0.5, 1], compute);
 * points.map(({ best }) => best.loss.toFixed(3)); // ['8.000', '3.200', '8.000']
 * free.best.capacity[0].toFixed(3); // '0.500'
 * ```
 */
export async function trainHoldCurve(
  spec: HoldSpec,
  capacities: readonly number[],
  computePoints: (done: number, tasks: readonly HoldTask[]) => Promise<readonly HeldPoint[]>,
): Promise<HoldCurve> {
  checkCurve(spec, capacities);
  /** The points, and after them the optimum without holding. */
  const found: HeldPoint[] = [];
  const { length } = capacities;
  const { restarts } = spec.training;
  const task = (row: number, starts: readonly Float64Array[], count: number): HoldTask => ({
    spec,
    row,
    capacity: row === length ? null : capacities[row],
    restarts: count,
    starts,
  });
  const compute = async (done: number, tasks: readonly HoldTask[]): Promise<number[]> => {
    const points = await computePoints(done, tasks);
    return tasks.flatMap(({ row }, k) => (offer(found, row, points[k]) ? [row] : []));
  };

  let trained = 0;
  for (const [level, gap] of GAPS.entries()) {
    const rows = capacities.flatMap((_, row) => (levelOf(row, length) === level ? [row] : []));
    if (level === 0) rows.unshift(length);
    const tasks = rows.map((row) =>
      task(row, neighbours(found, row, length, gap), restarts >> (level >> 1)),
    );
    // Each level starts from the one before.
    // oxlint-disable-next-line no-await-in-loop
    await compute((FIRST_TRAINING * trained) / (length + 1), tasks);
    trained += rows.length;
  }
  let changed = new Set(found.keys());
  for (let pass = 0; pass < PASSES && changed.size > 0; pass++) {
    const tasks = Array.from({ length: length + 1 }, (_, row) => {
      const near = row === length ? [lowest(found, length)] : [row - 1, row + 1, length];
      const starts = near.filter((k) => changed.has(k)).flatMap((k) => parametersOf(found[k]));
      return task(row, starts, 0);
    }).filter(({ starts }) => starts.length > 0);
    const done = FIRST_TRAINING + ((1 - FIRST_TRAINING) * pass) / PASSES;
    // oxlint-disable-next-line no-await-in-loop
    changed = new Set(await compute(done, tasks));
  }
  return { points: found.slice(0, length), free: found[length] };
}

/** Replaces a point by a better one; returns whether it is better. */
function offer(found: HeldPoint[], row: number, point: HeldPoint): boolean {
  const before = found[row]?.best ?? null;
  if (before !== null && !(point.best !== null && point.best.loss < before.loss * (1 - BETTER)))
    return false;
  found[row] = point;
  return point.best !== null;
}

/** The level in which a point is first trained; the last point belongs to the first level. */
function levelOf(row: number, length: number): number {
  return row === length - 1 ? 0 : GAPS.findIndex((gap) => row % gap === 0);
}

/** Parameters of the nearest trained points on both sides, and of the optimum without holding. */
function neighbours(
  found: readonly HeldPoint[],
  row: number,
  length: number,
  gap: number,
): Float64Array[] {
  if (row === length) return [];
  const near = [row - gap, Math.min(row + gap, length - 1), length];
  return near.filter((k) => k >= 0 && k !== row).flatMap((k) => parametersOf(found[k]));
}

const parametersOf = (point: HeldPoint | undefined): Float64Array[] =>
  point === undefined || point.best === null ? [] : [point.best.parameters];

/** Index of the held point of least loss. */
function lowest(found: readonly HeldPoint[], length: number): number {
  const loss = (row: number): number => found[row].best?.loss ?? Infinity;
  return Array.from({ length }, (_, row) => row).reduce((a, b) => (loss(b) < loss(a) ? b : a), 0);
}

function checkCurve({ model, feature }: HoldSpec, capacities: readonly number[]): void {
  checkModel(model);
  if (capacities.length === 0) throw new RangeError('capacities: needs at least one, got none');
  capacities.forEach((capacity, i) => {
    checkHeld(model.features, { feature, capacity });
    if (i > 0 && !(capacity > capacities[i - 1]))
      throw new RangeError(`capacities: must ascend, got ${capacity} after ${capacities[i - 1]}`);
  });
}
