import { UsageError } from '../../usage-error.ts';
import { cellId, type Cell } from '../cell.ts';
import type { SweepPlan } from '../plan.ts';
import { planSweep } from '../spec/plan-sweep.ts';
import type { Manifest } from '../store/manifest.ts';
import type { Row } from '../store/rows.ts';
import { manifestIn, storeOfManifest } from '../store/open-folder.ts';
import type { SweepStore } from '../store/sweep-store.ts';
import { resultAxes, resultSeeds, type ResultAxis, type ResultSeeds } from './axes.ts';

/** The results of a sweep so far. */
export interface SweepResults {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Axes, the slowest first. */
  readonly axes: readonly ResultAxis[];
  /** Seeds, which vary faster than every axis. */
  readonly seeds: ResultSeeds;
  readonly store: SweepStore;
  readonly plan: SweepPlan;
  /** Place on each axis of a point: a cell without its seed, `Math.floor(cell / seeds.count)`. */
  readonly placesOf: (point: number) => number[];
  /** The ended cells of an interval, ascending. */
  readonly rows: (first: number, end: number) => Row[];
}

/**
 * Opens the results of a sweep, whether it has finished, was stopped or still runs. Reads the folder alone, also that of
 * another version of polysem; changes nothing.
 *
 * @param folder the folder.
 * @returns the results.
 * @throws UsageError if it is not the folder of a sweep.
 *
 * @example
 * ```js
 * import { openResults } from 'polysem/sweep';
 * openResults('.'); // throws UsageError
 * ```
 */
export function openResults(folder: string): SweepResults {
  const manifest = manifestIn(folder);
  const axes = axesOf(folder, manifest);
  const seeds = resultSeeds(manifest);
  const counts = axes.map(({ count }) => count);
  const size = counts.reduce((product, count) => product * count, seeds.count);
  if (size !== manifest.cells) throw damaged(folder, `${manifest.cells} cells, not ${size}`);
  const placesOf = (point: number): number[] => {
    const places: number[] = [];
    let rest = point;
    for (const count of counts.toReversed()) {
      places.unshift(rest % count);
      rest = Math.floor(rest / count);
    }
    return places;
  };
  const store = storeOfManifest(folder, manifest);
  return {
    folder,
    manifest,
    axes,
    seeds,
    store,
    placesOf,
    plan: planOf(manifest, { axes, seeds, placesOf }),
    rows: store.rows,
  };
}

function axesOf(folder: string, manifest: Manifest): ResultAxis[] {
  try {
    return resultAxes(manifest);
  } catch (error) {
    throw damaged(folder, (error as Error).message);
  }
}

function damaged(folder: string, why: string): UsageError {
  return new UsageError(
    `${folder}: manifest.json does not fit its spec (${why}); remove it and give the spec to polysem sweep run again, and finished cells are found again`,
  );
}

/** The plan that a manifest describes. Its cells are planned when one is asked for, since they may need input files. */
function planOf(
  manifest: Manifest,
  { axes, seeds, placesOf }: Pick<SweepResults, 'axes' | 'seeds' | 'placesOf'>,
): SweepPlan {
  const { name, spec, identity, cells: size, version, revision } = manifest;
  const kernel = manifest.kernel as SweepPlan['kernel'];
  let known: SweepPlan | null = null;
  // This machine may lack the kernel.
  const planned = (): SweepPlan => (known ??= planSweep(spec, { kernel: 'auto' }));
  return {
    name,
    spec,
    identity,
    kernel,
    folder: '.',
    size,
    axisColumns: manifest.axes,
    resultColumns: manifest.results,
    cell: (index): Cell => {
      const own = { ...planned().cell(index).spec, version, revision, kernel };
      return { index, id: cellId(own), spec: own };
    },
    axisValues: (index) => {
      const places = placesOf(Math.floor(index / seeds.count));
      const values = axes.flatMap(({ parameters }, k) =>
        parameters.map(({ column, values: list }) => [column.name, list[places[k]]] as const),
      );
      return { ...Object.fromEntries(values), seed: seeds.at(index % seeds.count) };
    },
    seconds: (index) => planned().seconds(index),
    bytes: (index) => planned().bytes(index),
  };
}
