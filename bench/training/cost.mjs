// Times a training step of polysem against N, D, batch and instances, at densities 1 and 0.05:
//
//   node bench/training/cost.mjs [--quick] [--out FIGURE.svg] > cost.json
//   node bench/training/cost.mjs --from cost.json --out FIGURE.svg
//
// Prints one JSON object with a row for each point to stdout, and progress to stderr. --from only draws.

import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { version } from '@polysem/core';
import { interleave, machineFacts, openWorkload, TIMED_SEED, workload } from '@polysem/runs/bench';
import { drawCost } from './cost-figure.mjs';

const BLOCK = 0.5;
const QUICK_BLOCK = 0.1;
const DENSITIES = [1, 0.05];

/** Each sweep varies one size and keeps the others at a base; the sweep over N sets D = N / 5. */
const SWEEPS = {
  features: [20, 40, 80, 160, 320, 640, 1280].map((features) => ({ features, dims: features / 5 })),
  dims: [5, 10, 20, 40, 80, 160].map((dims) => ({ features: 320, dims })),
  batch: [64, 256, 1024, 4096, 16_384].map((batch) => ({ features: 100, dims: 20, batch })),
  instances: [1, 4, 16, 64, 256, 1024].map((instances) => ({ features: 20, dims: 5, instances })),
};
const BASE = { instances: 4, batch: 1024 };
/** Threads share only instances. */
const THREADS = { features: [1], dims: [1], batch: [1], instances: [1, 2] };

/** Rows of one point, one for each number of threads, timed in turns. */
async function pointRows(sweep, sizes, density, quick) {
  const densities = Array.from({ length: sizes.instances }, () => density);
  const work = workload({ ...sizes, densities });
  process.stderr.write(`cost: ${sweep}, ${work.name}, batch ${work.batch}, density ${density}\n`);
  const threads = THREADS[sweep];
  const opened = await Promise.all(threads.map((count) => openWorkload(work, count)));
  try {
    const contenders = opened.map(({ steps }) => ({ name: work.name, time: steps }));
    const times = await interleave(contenders, quick ? 1 : 3, quick ? QUICK_BLOCK : BLOCK);
    return times.map(({ median, min, max }, i) =>
      Object.assign({ sweep }, sizes, { density, threads: threads[i], median, min, max }),
    );
  } finally {
    await Promise.all(opened.map(({ close }) => close()));
  }
}

async function timeAll(quick) {
  const { kernel, close } = await openWorkload(workload({ ...BASE, features: 20, dims: 5 }), 1);
  await close();
  const rows = [];
  for (const [sweep, points] of Object.entries(SWEEPS)) {
    for (const point of points) {
      for (const density of DENSITIES) {
        // oxlint-disable-next-line no-await-in-loop -- one at a time, because they are timed
        rows.push(...(await pointRows(sweep, { ...BASE, ...point }, density, quick)));
      }
    }
  }
  const date = new Date().toISOString().slice(0, 10);
  return { date, machine: machineFacts(), version, kernel, seed: TIMED_SEED, rows };
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
    from: { type: 'string' },
  },
});
const cost =
  values.from === undefined
    ? await timeAll(values.quick)
    : JSON.parse(await readFile(values.from, 'utf8'));
if (values.out !== undefined) await writeFile(values.out, drawCost(cost));
if (values.from === undefined) process.stdout.write(`${JSON.stringify(cost, null, 2)}\n`);
