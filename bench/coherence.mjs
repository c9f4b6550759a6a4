import { mutualCoherence, welchBound } from '@polysem/core/capacity';
import { interleave } from '@polysem/runs/bench';
import { minilmMatrix, randomMatrix } from './matrices.mjs';
import { figures, table, timesTable } from './table.mjs';
import { local, remote } from './timing.mjs';

const AGREEMENT = 1e-6;

/** Times mutual coherence, exact and with pruning, and numpy's brute force over all pairs. */
export async function benchCoherence({ runs, peers, exchange, progress }) {
  const cases = [
    // The worst case: a random matrix has no structure that pruning could use. Small enough to finish soon.
    { name: 'random 4096 x 256', make: () => randomMatrix(4096, 256) },
    { name: 'MiniLM 30522 x 384', make: () => minilmMatrix(progress) },
  ];
  const rows = [];
  /* oxlint-disable no-await-in-loop -- one at a time, because they are timed */
  for (const { name, make } of cases) {
    const w = await make();
    if (w === undefined) continue;
    progress(`coherence: ${name}`);
    await exchange.send('matrix', [w.features, w.dims], w.data);
    const contenders = [local('polysem', () => mutualCoherence(w))];
    for (const dtype of ['float64', 'float32']) {
      for (const peer of peers)
        contenders.push(remote(peer, `numpy ${dtype}`, 'coherence', ['matrix'], { dtype }));
    }
    const times = await interleave(contenders, runs);
    rows.push({
      name,
      times,
      polysem: contenders[0].result,
      numpy: await bruteForce(peers.at(-1)),
      welchBound: welchBound(w.features, w.dims),
    });
    await exchange.forget('matrix');
  }
  /* oxlint-enable no-await-in-loop */
  return { rows, failures: rows.flatMap(failuresOf) };
}

async function bruteForce(peer) {
  if (peer === undefined) return undefined;
  const options = { dtype: 'float64' };
  const request = { request: 'run', function: 'coherence', args: ['matrix'], options };
  const { coherence, pair } = await peer.ask(request);
  return { coherence, pair };
}

function failuresOf({ name, polysem, numpy }) {
  if (numpy === undefined) return [];
  const difference = Math.abs(polysem.coherence - numpy.coherence);
  return difference <= AGREEMENT
    ? []
    : [`coherence, ${name}: ${polysem.coherence}, but numpy gives ${numpy.coherence}`];
}

/** Formats a result of `benchCoherence` as tables. */
export function describeCoherence({ rows }) {
  const times = timesTable('Mutual coherence over all pairs, ms (median, min - max)', rows);
  const agreement = table(
    'Its value compared with brute force in float64',
    ['matrix', 'polysem', 'pair', 'numpy', 'pair', '|difference|', 'Welch bound'],
    rows.map(({ name, polysem, numpy, welchBound: bound }) => [
      name,
      polysem.coherence.toFixed(10),
      polysem.pair.join(', '),
      numpy?.coherence.toFixed(10) ?? '',
      numpy?.pair.join(', ') ?? '',
      numpy === undefined ? '' : figures(Math.abs(polysem.coherence - numpy.coherence)),
      bound.toFixed(10),
    ]),
  );
  return [times, agreement].join('\n');
}
