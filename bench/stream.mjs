import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { spread } from '@polysem/runs/bench';
import { findBlas } from '@polysem/threads/node';
import { fittedExponent } from './numbers.mjs';
import { factor, figures, table } from './table.mjs';

const MEASURE_FILE = fileURLToPath(new URL('stream/measure-file.mjs', import.meta.url));

/** Largest relative difference allowed in capacity and leverage from numpy in float64. */
const AGREEMENT = 1e-5;
/** Size at which the N x N Gram matrix takes 8.5 GB and still fits. */
const GRAM_SHAPE = { features: 46_080, dims: 256, dtype: 'float32' };

/**
 * Times matrices in files of megabytes and gigabytes, measured from disk by all threads. Peers: numpy with the same algebra
 * on a matrix that is already in memory, and the N x N Gram matrix where that fits. Also reports the peak memory of polysem
 * and its time against N.
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
  const { kilobytes: own } = await measureFile();
  const rows = [];
  for (const shape of shapes) {
    // oxlint-disable-next-line no-await-in-loop -- one at a time, because they are timed
    const row = await compare(shape, { peers, exchange, progress });
    rows.push({ ...shape, ...row, extraKilobytes: row.kilobytes - own });
  }
  const line = rows.filter(({ dtype }) => dtype === 'float16');
  return {
    rows,
    exponent:
      line.length > 1
        ? fittedExponent(line.map(({ features, polysem }) => [features, polysem.median]))
        : undefined,
    failures: rows.flatMap(failuresOf),
  };
}

function nameOf({ features, dims, dtype }) {
  return `${features} x ${dims} ${dtype}`;
}

/** Runs one measurement in a separate process. */
function measureFile(...words) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MEASURE_FILE, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (piece) => (text += piece));
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) resolve(JSON.parse(text));
      else reject(new Error(`measuring ended with status ${status}`));
    });
  });
}

/** The computations in numpy that polysem is compared with. It has no fast float16 products, so it gets float32. */
function contendersFor(shape, peers) {
  const { features, dims, dtype } = shape;
  const isLarge = isLargeMatrix(features, dims);
  return [
    ...(isLarge ? peers.slice(-1) : peers).map((peer) => {
      return { name: 'numpy float32', peer, run: 'stream', options: { precision: 'float32' } };
    }),
    dtype === 'float32' && {
      name: 'numpy float64',
      peer: peers.at(-1),
      run: 'stream',
      options: { precision: 'float64' },
    },
    shape === GRAM_SHAPE && {
      name: 'N x N in numpy float32',
      peer: peers.at(-1),
      run: 'by_gram_32',
      options: {},
    },
  ].filter(Boolean);
}

/** Returns whether a matrix takes about a minute. */
function isLargeMatrix(features, dims) {
  return features * dims > 3e8;
}

async function compare(shape, { peers, exchange, progress }) {
  const { features, dims, dtype } = shape;
  const path = exchange.pathOf('stream');
  const isLarge = isLargeMatrix(features, dims);
  const name = nameOf(shape);
  progress(`stream: making ${name}`);
  await ask(peers[0], 'make_matrix', [], { path, features, dims, dtype, seed: features });
  // Matrices that take a minute are timed twice.
  const samples = isLarge ? 2 : 5;
  const contenders = contendersFor(shape, peers);
  const runs = isLarge ? 1 : 4;
  const blas = findBlas(process.env.POLYSEM_BLAS ?? 'auto');
  const own = [];
  const byBlas = [];
  const seconds = contenders.map(() => []);
  try {
    /* oxlint-disable no-await-in-loop -- one at a time, because they are timed */
    for (let sample = 0; sample < samples; sample++) {
      progress(`stream: ${name}, polysem`);
      // numpy's threads and code are warm. For small matrices a first run warms up polysem too.
      if (blas !== null) byBlas.push(await measureFile(path, runs, dirname(path), blas.path));
      own.push(await measureFile(path, runs, dirname(path)));
      for (const [c, { name: peerName, peer, run, options }] of contenders.entries()) {
        progress(`stream: ${name}, ${peerName}, ${peer.threads} threads`);
        // Loaded for each peer in turn, so that no peer holds gigabytes while another runs.
        await peer.ask({ request: 'load', name: 'stream', path });
        seconds[c].push((await ask(peer, run, ['stream'], options)).seconds);
        await peer.ask({ request: 'forget', name: 'stream' });
      }
    }
    /* oxlint-enable no-await-in-loop */
    progress(`stream: ${name}, checking`);
    await peers.at(-1).ask({ request: 'load', name: 'stream', path });
    const check = await ask(peers.at(-1), 'differences', ['stream'], {
      capacity: exchange.pathOf('capacity'),
      leverage: exchange.pathOf('leverage'),
    });
    await peers.at(-1).ask({ request: 'forget', name: 'stream' });
    const secondsOf = (measured) =>
      spread(measured.flatMap((run) => (isLarge ? run.seconds : run.seconds.slice(1))));
    return {
      polysem: secondsOf(own),
      ...(blas !== null && { blas: { name: `polysem, ${blas.name}`, ...secondsOf(byBlas) } }),
      first: spread(own.map((run) => run.startSeconds + run.seconds[0])),
      kilobytes: Math.max(...own.map((run) => run.kilobytes)),
      precision: own[0].precision,
      peers: contenders.map(({ name: peerName, peer }, c) =>
        Object.assign(spread(seconds[c]), { name: `${peerName}, ${peer.threads} threads` }),
      ),
      capacityDifference: check.capacity,
      leverageDifference: check.leverage,
    };
  } finally {
    await rm(path, { force: true });
  }
}

function ask(peer, run, args, options) {
  return peer.ask({ request: 'run', function: run, args, options });
}

function failuresOf(row) {
  return ['capacity', 'leverage']
    .filter((what) => !(row[`${what}Difference`] <= AGREEMENT))
    .map(
      (what) =>
        `stream, ${nameOf(row)}: ${what} differs from numpy's by ${row[`${what}Difference`]}`,
    );
}

/** Formats a result of `benchStream` as tables. */
export function describeStream({ rows, exponent }) {
  const times = table(
    'Matrices in files, measured from disk by all threads; peers from memory. Seconds (median)',
    ['matrix', 'by', 's', 'min - max', 'polysem / it'],
    rows.flatMap((row) =>
      [
        { name: 'polysem', ...row.polysem },
        { name: 'polysem, with its start', ...row.first },
        row.blas,
        ...row.peers,
      ]
        .filter((one) => one !== undefined)
        .map((one) => [
          nameOf(row),
          one.name,
          figures(one.median),
          `${figures(one.min)} - ${figures(one.max)}`,
          factor(row.polysem.median, one.median),
        ]),
    ),
  );
  const memory = table(
    'Peak memory above the runtime, precision, and the largest relative difference from numpy in float64',
    ['matrix', 'MB', 'S in', 'features in', 'max |dC| / C', 'max |dC~| / C~'],
    rows.map((row) => [
      nameOf(row),
      figures(row.extraKilobytes / 1000),
      row.precision.frame,
      row.precision.features,
      figures(row.capacityDifference),
      figures(row.leverageDifference),
    ]),
  );
  const line = exponent === undefined ? '' : `time against N: N^${exponent.toFixed(2)}\n`;
  return [times, memory, line].join('\n');
}
