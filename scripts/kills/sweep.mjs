// The sweep that `npm run sweep-kills` and `npm run sweep-engine-kills` kill, and its results.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The built command. */
export const BIN = fileURLToPath(new URL('../../packages/polysem/bin/polysem.js', import.meta.url));
/** Name of the spec in the folder. */
export const SPEC = 'spec.json';
/** Name of the folder of results. */
export const RESULTS = 'kills.sweep';

/** Makes a folder with the spec: short trainings whose weights are kept. */
export function newFolder(cells, steps) {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-sweep-kills-'));
  const spec = {
    name: 'kills',
    compute: 'train',
    parameters: {
      task: 'compression',
      activation: 'relu',
      features: 12,
      dims: 4,
      importance: '0.9^i',
      density: 0.1,
      steps,
      batch: 128,
      restarts: 1,
    },
    seeds: cells,
    measurements: ['loss', 'capacity'],
    weights: true,
  };
  writeFileSync(join(folder, SPEC), JSON.stringify(spec));
  return folder;
}

/** Waits until the sweep in a folder has kept new cells; false if `isOver` says that it has ended. */
export async function newRows(folder, isOver) {
  const before = rowsIn(folder);
  while (rowsIn(folder) === before) {
    if (isOver()) return false;
    // oxlint-disable-next-line no-await-in-loop -- looks again and again
    await sleep(5);
  }
  return true;
}

function rowsIn(folder) {
  const rows = join(folder, RESULTS, 'rows');
  return existsSync(rows) ? readdirSync(rows).join() : '';
}

/** Files of the results in a folder, with their bytes. */
export function contents(folder) {
  const results = join(folder, RESULTS);
  return readdirSync(results, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
    .map((path) => [path.slice(results.length), readFileSync(path).toString('base64')]);
}

/** Differences between the results of a whole run and of one that was killed, as lines. */
export function differences(whole, cut) {
  const [a, b] = [whole, cut].map((files) => files.map(([name]) => name));
  if (a.join() !== b.join()) {
    const other = b.filter((name) => !a.includes(name));
    return [`${a.filter((name) => !b.includes(name)).length} files are missing, left: ${other}`];
  }
  return JSON.stringify(whole) === JSON.stringify(cut) ? [] : ['other bytes'];
}
