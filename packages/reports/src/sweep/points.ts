import type { ResultColumn, ResultValue } from '@polysem/runs/sweep';
import type { SweepResults } from '@polysem/runs/sweep/results';

/** The cells of a sweep that differ in their seeds alone. */
export interface SweepPoint {
  /** Number of the point, and its place on each axis. */
  readonly point: number;
  readonly places: readonly number[];
  /** Number of seeds with a result, and with a failure. */
  readonly done: number;
  readonly failed: number;
  /** Per measurement, the values of the seeds that have one. */
  readonly values: Readonly<Record<string, readonly Exclude<ResultValue, null>[]>>;
}

/**
 * Groups the ended cells of a sweep by point, in the order of the plan.
 *
 * @param results the results.
 * @returns the points with at least one ended cell.
 */
export function sweepPoints({ manifest, seeds, placesOf, rows }: SweepResults): SweepPoint[] {
  const points: SweepPoint[] = [];
  let current: MutablePoint | null = null;
  for (const { index, values, failure } of rows(0, manifest.cells)) {
    const point = Math.floor(index / seeds.count);
    if (current?.point !== point) {
      current = emptyPoint(point, placesOf(point), manifest.results);
      points.push(current);
    }
    if (failure !== null) {
      current.failed++;
      continue;
    }
    current.done++;
    for (const { name } of manifest.results) {
      const value = values[name] ?? null;
      if (value !== null) current.values[name].push(value);
    }
  }
  return points;
}

interface MutablePoint extends SweepPoint {
  done: number;
  failed: number;
  readonly values: Record<string, Exclude<ResultValue, null>[]>;
}

function emptyPoint(
  point: number,
  places: readonly number[],
  columns: readonly ResultColumn[],
): MutablePoint {
  const values = Object.fromEntries(columns.map(({ name }) => [name, []]));
  return { point, places, done: 0, failed: 0, values };
}

/** The measurements that figures and means show as one number per cell: numbers, and means of lists. */
export interface Scalar {
  readonly name: string;
  readonly label: string;
  /** The numbers of a point, one per seed that has one. */
  readonly of: (point: SweepPoint) => readonly number[];
}

/** Measurements that give the lists of a `grid` computation their shape. */
export const SHAPES: ReadonlySet<string> = new Set(['columns', 'xValues', 'yValues']);

/**
 * The scalar measurements of a sweep. A list of numbers, such as one capacity per feature, counts with its mean.
 *
 * @param columns columns of the results.
 * @returns one scalar per numeric column.
 */
export function scalarsOf(columns: readonly ResultColumn[]): Scalar[] {
  return columns.flatMap(({ name, type }): Scalar[] => {
    if (type === 'text' || SHAPES.has(name)) return [];
    if (type !== 'numbers') {
      return [{ name, label: name, of: ({ values }) => values[name] as readonly number[] }];
    }
    const of = ({ values }: SweepPoint): number[] =>
      (values[name] as readonly (readonly number[])[]).flatMap((list) =>
        list.length === 0 ? [] : [list.reduce((sum, value) => sum + value, 0) / list.length],
      );
    return [{ name, label: `mean of ${name}`, of }];
  });
}
