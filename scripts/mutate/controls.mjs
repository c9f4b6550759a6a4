// Shows that changes are in force: in each room a module that throws must be noticed, and an unchanged one must not.
/* oxlint-disable no-await-in-loop -- one run after another, because all use the same copy */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { roomOf } from './choose.mjs';
import { runsWithin, withSource } from './trial.mjs';

/**
 * @param {ReturnType<import('./jobs.mjs').startJob>} job
 * @param {ReturnType<import('./select.mjs').testsByCoverage>} covering
 * @param {readonly { file: string, point: number }[]} mutants
 * @throws {Error} if a room fails.
 */
export async function checkControls(job, covering, mutants) {
  const done = new Set();
  for (const { file, point } of mutants) {
    const tests = covering(file, point);
    if (done.has(roomOf(file)) || tests.length === 0) continue;
    done.add(roomOf(file));
    const text = readFileSync(join(job.folder, file), 'utf8');
    // The first, cheapest tests are enough: all of them load the module.
    const runs = runsWithin(tests, 0).runs.slice(0, 1);
    const broken = await withSource(job, file, `${text}\nthrow new Error('control');\n`, runs);
    if (broken.failed === null) throw new Error(`${file}: a module that throws is not noticed`);
    const same = await withSource(job, file, text, runs);
    if (same.failed !== null) throw new Error(`${file}: fails without a change: ${same.by}`);
  }
}
