import type { SweepPlan } from '../plan.ts';
import { machineSlowness } from './machine-slowness.ts';
import type { AxisDocument, SweepDocument } from './document.ts';

/** The size of a plan, and what it will cost. */
export interface PlanDescription {
  readonly cells: number;
  /** Columns that vary together, and the number of values; the seeds last. */
  readonly axes: readonly { readonly columns: readonly string[]; readonly count: number }[];
  /** Rough seconds on one thread of this machine, whose speed is measured by a short training. */
  readonly seconds: number;
  /** Rough seconds of the longest cell that was looked at. */
  readonly longest: number;
  /** Rough bytes of the results on disk. */
  readonly bytes: number;
  /** Cells that have the id of an earlier one, and so would be computed once. */
  readonly duplicates: readonly { readonly index: number; readonly of: number }[];
  /** Number of cells among which duplicates were looked for, from the first. */
  readonly compared: number;
}

/** Most cells whose time is predicted one by one; of more, as many spread evenly. */
const MOST_PREDICTED = 500;
/** Most cells that are compared. */
const MOST_COMPARED = 100_000;
/** Most duplicates that are listed. */
const MOST_LISTED = 1000;

/**
 * Describes the size of a plan: cells per axis, rough time and disk, and cells that repeat others.
 *
 * @param plan the plan.
 * @returns the description.
 *
 * @example
 * ```js
 * import { describePlan, planSweep } from 'polysem/sweep';
 * const parameters = { importance: [4, 2, 1], kurtosis: 9 };
 * const axes = [{ parameter: 'dims', values: [1, 2] }];
 * const { cells, duplicates } = describePlan(planSweep({ compute: 'allocate', parameters, axes }));
 * [cells, duplicates.length]; // [2, 0]
 * ```
 */
export function describePlan(plan: SweepPlan): PlanDescription {
  const { size } = plan;
  const some = Math.min(size, MOST_PREDICTED);
  let [seconds, longest, bytes] = [0, 0, 0];
  for (let k = 0; k < some; k++) {
    const index = Math.floor((k * size) / some);
    const own = plan.seconds(index);
    seconds += own;
    longest = Math.max(longest, own);
    bytes += plan.bytes(index);
  }
  const compared = Math.min(size, MOST_COMPARED);
  const slowness = machineSlowness();
  return {
    cells: size,
    axes: axesOf(plan),
    seconds: (slowness * seconds * size) / some,
    longest: slowness * longest,
    bytes: Math.ceil((bytes * size) / some),
    duplicates: duplicatesOf(plan, compared),
    compared,
  };
}

function duplicatesOf(plan: SweepPlan, compared: number): { index: number; of: number }[] {
  const seen = new Map<string, number>();
  const found: { index: number; of: number }[] = [];
  for (let index = 0; index < compared && found.length < MOST_LISTED; index++) {
    const { id } = plan.cell(index);
    const of = seen.get(id);
    if (of === undefined) seen.set(id, index);
    else found.push({ index, of });
  }
  return found;
}

/** Columns and length of each axis. */
function axesOf({ spec, axisColumns }: SweepPlan): PlanDescription['axes'] {
  const { axes = [], seeds } = spec as unknown as SweepDocument & {
    readonly seeds: readonly number[] | { readonly count: number };
  };
  const names = axisColumns.map(({ name }) => name);
  let place = 0;
  const described = axes.map((axis) => {
    const together = 'zip' in axis ? axis.zip : [axis as AxisDocument];
    const columns = names.slice(place, (place += together.length));
    return { columns, count: lengthOf(together[0]) };
  });
  const count = 'count' in seeds ? seeds.count : seeds.length;
  return [...described, { columns: names.slice(place), count }];
}

function lengthOf({ values, linear, log, random }: AxisDocument): number {
  return values?.length ?? (linear ?? log ?? random)?.count ?? 0;
}
