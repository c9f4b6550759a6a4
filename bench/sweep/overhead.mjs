/* oxlint-disable no-await-in-loop -- one side after the other */
// Times a sweep of cells of about a millisecond beside the bare training loop: the same trainings on as many processes, without
// store, messages or table.
//
//   node bench/sweep/overhead.mjs [--cells 10000] [--workers 2] [--rounds 3] > overhead.json
//
// Prints one JSON object. Both sides are timed from the first cell to the last; for the sweep that includes the start of its
// processes and the writing of its table. Rounds alternate, and medians are reported.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { version } from '@polysem/core';
import { machineFacts } from '@polysem/runs/bench';
import { localExecutor, planSweep, runSweep } from '@polysem/runs/sweep';

const { values } = parseArgs({
  options: {
    cells: { type: 'string', default: '10000' },
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
  },
});
const cells = Number(values.cells);
const workers = Number(values.workers);

/** Trainings of the quadratic model to convergence, of about a millisecond. */
const document = {
  compute: 'train',
  parameters: { features: 8, dims: 2, importance: '0.8^i', density: 0.1, restarts: 2 },
  seeds: cells,
  measurements: ['loss', 'gap', 'capacity'],
};

async function timeSweep() {
  const plan = planSweep(document);
  const folder = mkdtempSync(join(tmpdir(), 'polysem-overhead-'));
  try {
    const began = performance.now();
    const { done } = await runSweep(plan, {
      folder: join(folder, 'out'),
      openExecutor: (unfinished) =>
        localExecutor(plan, { workers, folder: '.', unfinished, retries: 0 }),
      signal: new AbortController().signal,
      onNote: (line) => process.stderr.write(`${line}\n`),
      onProgress: () => {},
    });
    if (done !== cells) throw new Error(`${done} of ${cells} cells done`);
    return (performance.now() - began) / 1000;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Trains the cells in processes that have started already; returns seconds. */
async function timeBare() {
  const worker = fileURLToPath(new URL('bare-worker.mjs', import.meta.url));
  const children = Array.from({ length: workers }, () => fork(worker));
  await Promise.all(children.map((child) => once(child, 'message')));
  const began = performance.now();
  for (const [k, child] of children.entries()) child.send({ document, first: k, step: workers });
  await Promise.all(children.map((child) => once(child, 'message')));
  const time = (performance.now() - began) / 1000;
  for (const child of children) child.disconnect();
  return time;
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
const times = { bare: [], sweep: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  times.bare.push(await timeBare());
  times.sweep.push(await timeSweep());
  process.stderr.write(
    `round ${round + 1}: bare ${times.bare.at(-1)}, sweep ${times.sweep.at(-1)} s\n`,
  );
}
const bare = median(times.bare);
const sweep = median(times.sweep);
const result = {
  date: new Date().toISOString().slice(0, 10),
  machine: machineFacts(),
  version,
  workers,
  cells,
  cellMilliseconds: (1000 * workers * bare) / cells,
  seconds: { bare, sweep },
  throughput: bare / sweep,
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
