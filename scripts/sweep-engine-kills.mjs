// Runs a sweep on real engines while its processes are killed. On Redis and NATS: workers are killed one after another, the
// server is killed and started again, and so is the coordinator. Under Slurm: a running task goes back to the queue, and
// another is cancelled. The results must have the bytes of a local run, and no other file may be left.
//
//   npm run sweep-engine-kills                                  500 cells, all engines that are installed
//   npm run sweep-engine-kills -- --only nats --kills 20        one engine, more kills

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { generator, uniform } from '@polysem/numerics/random';
import { engineNames, whyNot } from './engines/find.mjs';
import { startSlurm } from './engines/slurm.mjs';
import { starts } from './engines/start.mjs';
import { BIN, contents, differences, newFolder, newRows, RESULTS, SPEC } from './kills/sweep.mjs';

/* oxlint-disable no-await-in-loop -- one event after the other */

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '8' },
    cells: { type: 'string', default: '500' },
    workers: { type: 'string', default: '4' },
    seed: { type: 'string', default: '0' },
    only: { type: 'string' },
  },
});
const [kills, cells, count] = [values.kills, values.cells, values.workers].map(Number);
const random = generator(Number(values.seed));
/** Longest pause between two kills. */
const MOST_PAUSE_MS = 3000;
/** Seconds after which the work of a dead worker goes to another one. */
const LEASE = '2';

/** Steps of each training. */
const STEPS = 2400;

/** Runs polysem in a folder to its end. */
function polysem(folder, ...words) {
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'sweep', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
}

/** Starts polysem in a folder, in a process group of its own. */
function start(folder, ...words) {
  return spawn(process.execPath, [BIN, 'sweep', ...words], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
}

/** Kills a process with its children. */
async function killGroup(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await exit;
}

/** Runs the sweep on a queue, and kills its processes. Returns what happened. */
async function onQueue(engine, folder) {
  const server = await starts[engine]();
  const flags = ['--queue', server.url, '--lease', LEASE];
  const coordinate = () => start(folder, 'run', SPEC, ...flags);
  const work = () => start(folder, 'worker', ...flags, '--workers', '1');
  const workers = Array.from({ length: count }, work);
  let coordinator = coordinate();
  const killed = { workers: 0, servers: 0, coordinators: 0 };
  try {
    while (killed.workers < kills) {
      if (killed.workers === 0) await newRows(folder, () => coordinator.exitCode !== null);
      await sleep(MOST_PAUSE_MS * uniform(random));
      if (coordinator.exitCode !== null) break;
      const at = killed.workers % count;
      await killGroup(workers[at]);
      workers[at] = work();
      killed.workers++;
      if (killed.workers % 3 === 0) {
        await server.restart('SIGKILL');
        killed.servers++;
      }
      if (killed.workers === Math.ceil(kills / 2)) {
        await killGroup(coordinator);
        coordinator = coordinate();
        killed.coordinators++;
      }
    }
    if (coordinator.exitCode === null) await once(coordinator, 'exit');
    const faults = coordinator.exitCode === 0 ? [] : [`ended with ${coordinator.exitCode}`];
    for (const worker of workers) worker.kill('SIGTERM');
    const codes = await Promise.all(
      workers.map(async (worker) => worker.exitCode ?? (await once(worker, 'exit'))[0]),
    );
    // A worker that has only begun to start ends by the signal itself.
    if (codes.some((code) => code !== 0 && code !== null))
      faults.push(`workers ended with ${codes}`);
    return { killed, faults };
  } finally {
    for (const child of [coordinator, ...workers]) await killGroup(child);
    await server.stop();
  }
}

/** Runs the sweep under Slurm; one task goes back to the queue, and one is cancelled. */
async function onSlurm(folder) {
  const cluster = await startSlurm({ maxArraySize: 5, cpus: 4 });
  try {
    const paths = [SPEC, '--out', 'jobs', '--store', RESULTS];
    const command = `${process.execPath} ${BIN}`;
    const sizes = ['--tasks', '6', '--array-limit', '4', '--command', command];
    polysem(folder, 'export', 'slurm', ...paths, ...sizes);
    const { status, stderr } = spawnSync(join(folder, 'jobs/submit.sh'), {
      env: cluster.env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    const isOver = () => cluster.command('squeue', ['-h']).trim() === '';
    await newRows(folder, isOver);
    cluster.command('scontrol', ['requeue', '1_1']);
    cluster.command('scancel', ['1_2']);
    while (!isOver()) await sleep(500);
    return { killed: { requeued: 1, cancelled: 1 }, faults: [] };
  } finally {
    await cluster.stop();
  }
}

let faulty = 0;
const whole = newFolder(cells, STEPS);
try {
  polysem(whole, 'run', SPEC);
  const expected = contents(whole);
  for (const engine of engineNames) {
    if (values.only !== undefined && values.only !== engine) continue;
    const reason = whyNot(engine);
    if (reason !== null) {
      console.log(`${engine}: skipped, ${reason}`);
      continue;
    }
    const folder = newFolder(cells, STEPS);
    const began = performance.now();
    try {
      const { killed, faults } = await (engine === 'slurm'
        ? onSlurm(folder)
        : onQueue(engine, folder));
      faults.push(...differences(expected, contents(folder)));
      faulty += faults.length;
      for (const fault of faults) console.log(`${engine}: ${fault}`);
      const what = Object.entries(killed).map(([name, times]) => `${name} ${times}`);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(
        `${engine}: ${cells} cells in ${seconds} s; ${what.join(', ')}; ${faults.length} faults`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
} finally {
  rmSync(whole, { recursive: true, force: true });
}
process.exitCode = faulty > 0 ? 1 : 0;
