// What a training step of polysem costs, against N, D, batch and instances, at densities 0.05 and 1:
//
//   node bench/training/cost.mjs [--threads COUNT] [--quick] > cost.json
//
// One JSON object on stdout, with a row for each point; progress on stderr.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { machineFacts } from '../machine.mjs';
import { interleave } from '../timing.mjs';
import { openPolysem } from './polysem.mjs';
import { workload } from './work.mjs';

const BLOCK = 0.5;
const DENSITIES = [0.05, 1];

/** Each sweep varies one size from a base; N takes D = N / 5 with it. */
const SWEEPS = {
  features: [20, 40, 80, 160, 320, 640, 1280].map((features) => ({ features, dims: features / 5 })),
  dims: [5, 10, 20, 40, 80, 160].map((dims) => ({ features: 320, dims })),
  batch: [64, 256, 1024, 4096, 16_384].map((batch) => ({ features: 100, dims: 20, batch })),
  instances: [1, 4, 16, 64, 256, 1024].map((instances) => ({ features: 20, dims: 5, instances })),
};
const BASE = { instances: 4, batch: 1024 };

const { values } = parseArgs({
  options: { threads: { type: 'string', default: '1' }, quick: { type: 'boolean' } },
});
const threads = Number(values.threads);
const quick = values.quick === true;

async function cost(sweep, sizes, density) {
  const densities = Array.from({ length: sizes.instances }, () => density);
  const work = workload({ ...sizes, densities });
  process.stderr.write(`cost: ${sweep}, ${work.name}, batch ${work.batch}, density ${density}\n`);
  const side = await openPolysem(work, threads);
  try {
    const contender = { name: 'polysem', time: (count) => side.steps(count) };
    const [{ median, min, max }] = await interleave([contender], quick ? 1 : 3, BLOCK);
    return { sweep, ...sizes, density, threads, median, min, max };
  } finally {
    await side.close();
  }
}

const rows = [];
for (const [sweep, points] of Object.entries(SWEEPS)) {
  for (const point of quick ? points.slice(0, 3) : points) {
    for (const density of DENSITIES) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time, since they are timed
      rows.push(await cost(sweep, { ...BASE, ...point }, density));
    }
  }
}
process.stdout.write(`${JSON.stringify({ machine: machineFacts(), rows }, null, 2)}\n`);
