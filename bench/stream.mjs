import { rm } from 'node:fs/promises';
import { spread } from '@polysem/runs';
import { commandRun, runtimeMemory } from './command-run.mjs';
import { fittedExponent } from './numbers.mjs';
import { factor, figures, table } from './table.mjs';

/** The greatest relative difference in capacity and leverage from numpy in float64. */
const AGREEMENT = 1e-5;
/** A size at which the N x N way still fits into memory. */
const GRAM_SHAPE = { features: 32_768, dims: 256, dtype: 'float32' };

/**
 * The whole command `polysem measure` on large files, beside numpy with the same algebra on a matrix that is in memory
 * already, and beside the N x N way where that fits; peak memory of polysem, and its time against N.
 */
export async function benchStream({ quick, peers, exchange, progress }) {
  if (peers.length === 0) {
    progress('stream: needs numpy to make its matrices');
    return { rows: [], failures: [] };
  }
  const half = [125_000, 250_000, 500_000, 1_000_000].map((features) => {
    return { features, dims: 768, dtype: 'float16' };
  });
  const shapes = quick
    ? [GRAM_SHAPE, { features: 65_536, dims: 768, dtype: 'float32' }]
    : [GRAM_SHAPE, { features: 262_144, dims: 2304, dtype: 'float32' }, ...half];
  const own = await runtimeMemory();
  const rows = [];
  /* oxlint-disable no-await-in-loop -- one at a time, since they are timed */
  for (const shape of shapes) {
    rows.push({ ...shape, ...(await compare(shape, { peers, exchange, progress })), own });
  }
  /* oxlint-enable no-await-in-loop */
  return {
    rows,
    exponent: quick
      ? undefined
      : fittedExponent(half.map(({ features }) => [features, rowOf(rows, features).polysem.median])),
    failures: rows.flatMap(failuresOf),
  };
}

function rowOf(rows, features) {
  return rows.find((row) => row.features === features);
}

function nameOf({ features, dims, dtype }) {
  return `${features} x ${dims} ${dtype}`;
}

async function compare(shape, { peers, exchange, progress }) {
  const { features, dims, dtype } = shape;
  const path = exchange.pathOf('stream');
  // Of two samples the median says as much as of five: each lasts long.
  const samples = features * dims > 3e8 ? 2 : 5;
  const options = { path, features, dims, dtype, seed: features };
  progress(`stream: making ${nameOf(shape)}`);
  await peers[0].ask({ request: 'run', function: 'make_matrix', args: [], options });
  try {
    // Half precision would be measured from memory as float32, which is what numpy has fast products for.
    const contenders = [
      ...peers.map((peer) => [`numpy float32`, peer, 'stream', { precision: 'float32' }]),
      ...(dtype === 'float32'
        ? [[`numpy float64`, peers.at(-1), 'stream', { precision: 'float64' }]]
        : []),
      ...(shape === GRAM_SHAPE ? [['N x N, numpy', peers.at(-1), 'by_gram_32', {}]] : []),
    ];
    const polysem = [];
    const seconds = contenders.map(() => []);
    let memory = 0;
    /* oxlint-disable no-await-in-loop -- one at a time, since they are timed */
    for (let sample = 0; sample < samples; sample++) {
      progress(`stream: ${nameOf(shape)}, polysem`);
      const run = await commandRun(['measure', path, '--features', 'rows', '--no-coherence', '--json', '--per-feature', exchange.pathOf('each').replace(/npy$/, 'csv')]);
      polysem.push(run.seconds);
      memory = Math.max(memory, run.peakBytes);
      for (const [c, [name, peer, run_, options_]] of contenders.entries()) {
        progress(`stream: ${nameOf(shape)}, ${name}, ${peer.threads} threads`);
        // Loaded for each, so that no peer holds gigabytes while another works.
        await peer.ask({ request: 'load', name: 'stream', path });
        const answer = await peer.ask({ request: 'run', function: run_, args: ['stream'], options: options_ });
        await peer.ask({ request: 'forget', name: 'stream' });
        seconds[c].push(answer.seconds);
      }
    }
    /* oxlint-enable no-await-in-loop */
    return {
      polysem: { ...spread(polysem), peakBytes: memory },
      peers: contenders.map(([name, peer], c) => {
        return { name: `${name}, ${peer.threads} threads`, ...spread(seconds[c]) };
      }),
      difference: await difference(path, exchange, peers.at(-1)),
    };
  } finally {
    await rm(path, { force: true });
  }
}
