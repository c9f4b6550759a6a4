// GFLOP/s of the dense kernels that measure real models, on one thread:
//
//   node bench/dense.mjs [--dims 384,768,2304,4096] [--seconds 1]
//
// Prints the best run of each kernel by wall-clock time and by processor time. Other work on the machine disturbs
// processor time less.

import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { frameAccumulator, nearestNeighbours, projector } from '@polysem/numerics/dense';
import { generator, normal } from '@polysem/numerics/random';
import { allowFastVectors } from '@polysem/threads/node';
import { figures, table } from './table.mjs';

const { values } = parseArgs({
  options: {
    dims: { type: 'string', default: '384,768,2304,4096' },
    seconds: { type: 'string', default: '1' },
  },
});
const paired = allowFastVectors();

function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** GFLOP/s of the fastest call within the time, after two calls for the engine to optimise the code. */
function best(flops, call) {
  call();
  call();
  const end = performance.now() + 1000 * Number(values.seconds);
  let [clock, processor] = [Infinity, Infinity];
  do {
    const from = performance.now();
    const busy = processorSeconds();
    call();
    processor = Math.min(processor, processorSeconds() - busy);
    clock = Math.min(clock, (performance.now() - from) / 1000);
  } while (performance.now() < end);
  return [clock, processor].map((seconds) => figures(flops / seconds / 1e9));
}

const g = generator(1);
const pool = Float32Array.from({ length: 2 ** 20 }, () => normal(g));
const numbers = (length, precision) => {
  const given = Float32Array.from({ length }, (_, i) => pool[i % pool.length]);
  return precision === 'float32' ? given : Float64Array.from(given);
};

const rows = [];
for (const dims of values.dims.split(',').map(Number)) {
  const features = dims > 1000 ? 768 : 2048;
  for (const precision of ['float32', 'float64']) {
    process.stderr.write(`dense: ${dims} dims, ${precision}\n`);
    const block = numbers(features * dims, precision);
    const row = (name, flops, call) => rows.push([name, precision, dims, ...best(flops, call)]);

    const { add } = frameAccumulator({ dims, from: 0, to: dims, precision });
    row('frame operator', features * dims ** 2, () => add(block, features));

    const basis = numbers(dims ** 2, 'float64');
    const weights = [numbers(dims, 'float64'), numbers(dims, 'float64')];
    const { measure } = projector({ dims, rank: dims, basis, precision, weights });
    row('projection', 2 * features * dims ** 2, () => measure(block, features));

    if (precision === 'float32') {
      const other = block.toReversed();
      const { between } = nearestNeighbours({ dims, most: features });
      const flops = 2 * features ** 2 * dims;
      row('neighbours', flops, () => between(block, features, other, features));
    }
  }
}
const title = `Dense kernels, GFLOP/s, Node ${process.version}, vectors ${paired ? '' : 'not '}paired`;
process.stdout.write(
  `${table(title, ['kernel', 'precision', 'D', 'by the clock', 'by processor time'], rows)}\n`,
);
