import {
  effectiveRank,
  efficiency,
  measureCapacity,
  participationRatio,
  summarise,
} from '@polysem/core/capacity';
import { gram } from '@polysem/core/embedding';
import { interleave } from '@polysem/runs/bench';
import { maxDifference } from './numbers.mjs';
import { minilmMatrix, randomMatrix } from './matrices.mjs';
import { figures, table, timesTable } from './table.mjs';
import { local, remote } from './timing.mjs';

/** Largest difference allowed in capacity and leverage, and largest relative difference in the other numbers. */
const AGREEMENT = 1e-5;

/** Times the capacity of every feature in O(N D^2), numpy with the same algebra, and the N x N Gram matrix. */
export async function benchMeasure({ runs, quick, peers, exchange, progress }) {
  const cases = [
    { name: 'random 4096 x 256', make: () => randomMatrix(4096, 256), gram: 'both' },
    // The Gram matrix takes 2 GiB, so only numpy computes it.
    !quick && { name: 'random 16384 x 256', make: () => randomMatrix(16384, 256), gram: 'numpy' },
    { name: 'random 30522 x 384', make: () => randomMatrix(30522, 384) },
    { name: 'MiniLM 30522 x 384', make: () => minilmMatrix(progress) },
  ].filter(Boolean);
  const rows = [];
  /* oxlint-disable no-await-in-loop -- one at a time, because they are timed */
  for (const { name, make, gram: gramBy } of cases) {
    const w = await make();
    if (w === undefined) continue;
    progress(`measure: ${name}`);
    await exchange.send('matrix', [w.features, w.dims], w.data);
    const contenders = contendersFor(w, gramBy, peers);
    const times = await interleave(contenders, runs);
    progress(`measure: ${name}, checking`);
    const measured = contenders[0].result;
    rows.push({
      name,
      features: w.features,
      dims: w.dims,
      times,
      polysem: figuresOf(measured),
      ...(await compare(measured, peers.at(-1), exchange)),
    });
    await exchange.forget('matrix');
  }
  /* oxlint-enable no-await-in-loop */
  return { rows, failures: rows.flatMap(failuresOf) };
}

function contendersFor(w, gramBy, peers) {
  const contenders = [local('polysem', () => measureCapacity(w))];
  for (const peer of peers) contenders.push(remote(peer, 'numpy', 'measure', ['matrix']));
  if (gramBy === 'both') contenders.push(local('Gram way, polysem', () => capacityByGram(w)));
  if (gramBy !== undefined) {
    for (const peer of peers)
      contenders.push(remote(peer, 'Gram way, numpy', 'by_gram', ['matrix']));
  }
  return contenders;
}

/** C_i = G_ii^2 / sum_j G_ij^2 (equation 3). */
function capacityByGram(w) {
  const n = w.features;
  const g = gram(w);
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += g[i * n + j] ** 2;
    return g[i * n + i] ** 2 / sum;
  });
}

function figuresOf(measured) {
  return {
    capacity: summarise(measured.capacity),
    leverage: summarise(measured.leverage),
    rank: measured.rank,
    efficiency: efficiency(measured),
    effectiveRank: effectiveRank(measured.singularValues),
    participationRatio: participationRatio(measured.singularValues),
  };
}

/** Recomputes the results in numpy by other methods (Gram matrix in chunks, SVD of W) and gives the differences. */
async function compare(measured, peer, exchange) {
  if (peer === undefined) return {};
  const save = { capacity: exchange.pathOf('capacity'), leverage: exchange.pathOf('leverage') };
  const request = { request: 'run', function: 'reference', args: ['matrix'], options: {}, save };
  const answer = await peer.ask(request);
  const capacity = await exchange.receive('capacity');
  const leverage = await exchange.receive('leverage');
  return {
    numpy: {
      capacity: summarise(capacity),
      leverage: summarise(leverage),
      rank: answer.rank,
      efficiency: answer.efficiency,
      effectiveRank: answer.effective_rank,
      participationRatio: answer.participation_ratio,
    },
    capacityDifference: maxDifference(measured.capacity, capacity),
    leverageDifference: maxDifference(measured.leverage, leverage),
  };
}

function failuresOf({ name, polysem, numpy, capacityDifference, leverageDifference }) {
  if (numpy === undefined) return [];
  const differences = [
    ['capacity', capacityDifference],
    ['leverage', leverageDifference],
    ['rank', Math.abs(polysem.rank - numpy.rank)],
    ...['efficiency', 'effectiveRank', 'participationRatio'].map((key) => [
      key,
      Math.abs(polysem[key] / numpy[key] - 1),
    ]),
  ];
  return differences
    .filter(([, difference]) => !(difference <= AGREEMENT))
    .map(([what, difference]) => `measure, ${name}: ${what} differs from numpy's by ${difference}`);
}

/** Formats a result of `benchMeasure` as tables. */
export function describeMeasure({ rows }) {
  const times = timesTable(
    'Capacity of every feature: measureCapacity on float32 N x D, ms (median, min - max)',
    rows,
  );
  const agreement = table(
    'Compared with numpy by other methods (Gram matrix in chunks, SVD of W)',
    [
      'matrix',
      'by',
      'sum C',
      'rank',
      'efficiency',
      'eff. rank',
      'part. ratio',
      'max |dC|',
      'max |dC~|',
    ],
    rows.flatMap((row) => [
      [row.name, 'polysem', ...spectral(row.polysem), '', ''],
      ...(row.numpy === undefined
        ? []
        : [
            [
              row.name,
              'numpy',
              ...spectral(row.numpy),
              figures(row.capacityDifference),
              figures(row.leverageDifference),
            ],
          ]),
    ]),
  );
  return [times, agreement].join('\n');
}

function spectral({ capacity, rank, ...rest }) {
  const { efficiency: share, effectiveRank: effective, participationRatio: participation } = rest;
  return [
    capacity.total.toFixed(6),
    rank,
    share.toFixed(8),
    effective.toFixed(5),
    participation.toFixed(5),
  ];
}
