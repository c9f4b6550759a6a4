import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SweepPlan } from '../plan.ts';
import { readManifest, type Manifest } from './manifest.ts';
import { EARLIER } from './sweep-folder.ts';
import { DONE, OPEN } from './rows.ts';
import { openSweepStore, type SweepStore, type Temporary } from './sweep-store.ts';

/**
 * Takes over the results of earlier specs of a sweep for the cells that the present one has too.
 *
 * @param store the store of the present spec.
 * @param plan its plan.
 * @param planOf makes the plan of an earlier manifest; null if this version cannot.
 * @param temporary makes names of temporary files.
 * @returns number of cells taken over.
 */
export function adoptEarlier(
  store: SweepStore,
  plan: SweepPlan,
  planOf: (manifest: Manifest) => SweepPlan | null,
  temporary: Temporary,
): number {
  const earlier = join(store.folder, EARLIER);
  if (!existsSync(earlier) || !store.states.includes(OPEN)) return 0;
  let places: Map<string, number> | null = null;
  let taken = 0;
  for (const name of readdirSync(earlier).toSorted()) {
    const folder = join(earlier, name);
    const manifest = readManifest(folder);
    const before = manifest && planOf(manifest);
    if (before === null || before === undefined) continue;
    places ??= openCells(store, plan);
    taken += adopt(store, openSweepStore(folder, before), { before, places }, temporary);
  }
  return taken;
}

function openCells({ states }: SweepStore, plan: SweepPlan): Map<string, number> {
  const places = new Map<string, number>();
  for (const [index, state] of states.entries())
    if (state === OPEN) places.set(plan.cell(index).id, index);
  return places;
}

/** Cells whose rows are in memory at once. */
const AT_ONCE = 4096;

function adopt(
  store: SweepStore,
  from: SweepStore,
  { before, places }: { readonly before: SweepPlan; readonly places: Map<string, number> },
  temporary: Temporary,
): number {
  let taken = 0;
  for (let first = 0; first < before.size; first += AT_ONCE) {
    const rows = from.rows(first, first + AT_ONCE).flatMap((row) => {
      if (from.states[row.index] !== DONE) return [];
      const index = places.get(before.cell(row.index).id);
      return index === undefined ? [] : [{ ...row, index }];
    });
    store.keep(rows, temporary);
    taken += rows.length;
  }
  return taken;
}
