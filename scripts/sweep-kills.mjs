// Kills a sweep with SIGKILL at random moments, its workers with it, and goes on each time. The table must have the bytes of an
// uninterrupted run, no finished cell may be computed again, and no other file may be left.
//
//   npm run sweep-kills                              500 cells, 20 kills, two minutes
//   npm run sweep-kills -- --kills 5 --seed 3        fewer kills, others

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { generator, uniform } from '@polysem/numerics/random';
import { sweepStatus } from '@polysem/runs/sweep/status';
import { BIN, contents, differences, newFolder, newRows, RESULTS, SPEC } from './kills/sweep.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    cells: { type: 'string', default: '500' },
    seed: { type: 'string', default: '0' },
  },
});
const kills = Number(values.kills);
const cells = Number(values.cells);
const random = generator(Number(values.seed));
/** Steps of each training. */
const STEPS = 800;

/** Runs polysem in a folder to its end, and parses what it prints. */
function polysem(folder, ...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...words, '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

/**
 * Runs the sweep, and kills it with all its processes: a quarter of the time while it starts, else some time after it has kept
 * new cells. Returns true if it was still running.
 */
async function killOnce(folder, { start, work }) {
  const child = spawn(process.execPath, [BIN, 'sweep', 'run', SPEC], {
    cwd: folder,
    stdio: 'ignore',
    detached: true,
  });
  const exit = once(child, 'exit');
  const isEarly = uniform(random) < 0.25;
  const delay = uniform(random) * (isEarly ? start : work);
  if (!isEarly) await newRows(folder, () => child.exitCode !== null);
  await Promise.race([sleep(delay), exit]);
  if (child.exitCode !== null) return false;
  process.kill(-child.pid, 'SIGKILL');
  await exit;
  return true;
}

const faults = [];
const [whole, cut] = [newFolder(cells, STEPS), newFolder(cells, STEPS)];
try {
  const began = performance.now();
  polysem(whole, 'sweep', 'run', SPEC);
  const time = performance.now() - began;
  polysem(whole, 'sweep', 'run', SPEC);
  const start = performance.now() - began - time;
  let killed = 0;
  let before = 0;
  let inWork = 0;
  while (killed < kills) {
    // Cells of twice as many kills, so that every kill finds the sweep unfinished.
    const work = (time - start) / kills;
    // oxlint-disable-next-line no-await-in-loop -- one kill after the other
    if (!(await killOnce(cut, { start, work }))) break;
    killed++;
    const results = join(cut, RESULTS);
    const done = existsSync(join(results, 'manifest.json')) ? sweepStatus(results).done : 0;
    if (done < before) faults.push(`${before - done} finished cells were lost`);
    if (done > before) inWork++;
    before = done;
  }
  const last = polysem(cut, 'sweep', 'run', SPEC);
  if (last.done !== cells) faults.push(`${last.done} of ${cells} cells done`);
  if (last.computed !== cells - before)
    faults.push(`${cells - before} cells were open, and ${last.computed} were computed`);
  faults.push(...differences(contents(whole), contents(cut)));
  for (const fault of faults) console.log(fault);
  console.log(
    `${cells} cells in ${(time / 1000).toFixed(1)} s; ${killed} kills, ${inWork} after new cells, ${before} cells kept before the last run; ${faults.length} faults`,
  );
} finally {
  for (const folder of [whole, cut]) rmSync(folder, { recursive: true, force: true });
}
process.exitCode = faults.length > 0 ? 1 : 0;
