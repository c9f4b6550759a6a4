import { allocateQuadratic } from '@polysem/core/theory';
import { generator, normal, childGenerator, uniformBetween } from '@polysem/numerics/random';
import { interleave } from '@polysem/runs/bench';
import { exactSum, fittedExponent, maxDifference } from './numbers.mjs';
import { factor, figures, milliseconds, table } from './table.mjs';
import { local, remote } from './timing.mjs';

const SIZES = [1e3, 1e4, 1e5, 1e6];
const FEATURES_A_DIMENSION = 8;
/** Time limit for N = 1e6, in seconds. */
const GOAL = 1;
/** Largest difference in capacity at which two methods agree. */
const AGREEMENT = 1e-5;

/** Kurtoses are uniform between two limits. Importances are log-normal in both problems. */
const PROBLEMS = [
  { name: 'convex', kurtosis: [3, 40] },
  // Some features have increasing returns, so demand jumps in lambda and bisection has no solution.
  { name: 'mixed', kurtosis: [1.2, 12] },
];

/** Times the optimal allocation of D = N / 8 dimensions to N features with different kurtoses, and water-filling in numpy. */
export async function benchAllocate({ runs, peers, exchange, progress }) {
  const rows = [];
  for (const problem of PROBLEMS) {
    for (const features of SIZES) {
      progress(`allocate: ${problem.name}, N = ${features}`);
      // oxlint-disable-next-line no-await-in-loop -- one at a time, because they are timed
      rows.push(await oneSize(problem, features, { runs, peers, exchange }));
    }
  }
  const exponents = PROBLEMS.map(({ name }) => {
    const points = rows.filter((row) => row.problem === name);
    return { problem: name, exponent: fittedExponent(points.map((r) => [r.features, r.median])) };
  });
  const goals = rows
    .filter(({ features }) => features === SIZES.at(-1))
    .map(({ problem, median }) => ({ problem, seconds: median, goal: GOAL, met: median <= GOAL }));
  return { rows, exponents, goals, failures: rows.flatMap(failuresOf) };
}

async function oneSize({ name, kurtosis }, features, { runs, peers, exchange }) {
  const problem = makeProblem(features, kurtosis);
  // Elementwise numpy uses one thread for any number of BLAS threads.
  const peer = name === 'convex' ? peers[0] : undefined;
  const contenders = [local('polysem', () => allocateQuadratic(problem))];
  const args = ['importance', 'kurtosis'];
  const options = { dims: problem.dims };
  if (peer !== undefined) {
    await exchange.send('importance', [features], problem.importance);
    await exchange.send('kurtosis', [features], problem.kurtosis);
    for (const method of ['bisection', 'brent'])
      contenders.push(remote(peer, method, method, args, options));
  }
  const [own, ...others] = await interleave(contenders, runs);
  const allocation = contenders[0].result;
  const row = {
    problem: name,
    features,
    dims: problem.dims,
    ...own,
    nanosecondsPerFeature: (own.median * 1e9) / features,
    sumError: Math.abs(exactSum(allocation.capacity) - problem.dims),
    gap: allocation.gap,
    partial: allocation.phase.filter((phase) => phase === 'partial').length,
    peers: others,
  };
  if (peer === undefined) return row;
  const save = { capacity: exchange.pathOf('capacity') };
  const run = { request: 'run', function: 'bisection', args, options, save };
  const { loss } = await peer.ask(run);
  const capacity = await exchange.receive('capacity');
  return {
    ...row,
    difference: maxDifference(allocation.capacity, capacity),
    peerSumError: Math.abs(exactSum(capacity) - problem.dims),
    lossDifference: Math.abs(allocation.loss / loss - 1),
  };
}

function makeProblem(features, [least, most]) {
  const importances = childGenerator(generator(22_101_892), features);
  const kurtoses = childGenerator(importances, 0);
  return {
    importance: Float64Array.from({ length: features }, () => Math.exp(normal(importances))),
    kurtosis: Float64Array.from({ length: features }, () => uniformBetween(kurtoses, least, most)),
    dims: features / FEATURES_A_DIMENSION,
  };
}

function failuresOf({ problem, features, dims, sumError, difference }) {
  const place = `allocate, ${problem}, N = ${features}`;
  const failures = [];
  if (!(sumError <= 1e-9 * dims)) failures.push(`${place}: sum C is off D by ${sumError}`);
  if (difference !== undefined && !(difference <= AGREEMENT))
    failures.push(`${place}: capacities differ from numpy's by ${difference}`);
  return failures;
}

/** Formats a result of `benchAllocate` as tables. */
export function describeAllocate({ rows, exponents, goals }) {
  const times = table(
    'Optimal allocation: allocateQuadratic, D = N / 8, ms per call (median, min - max)',
    ['problem', 'N', 'ms', 'min - max', 'ns per feature', '|sum C - D|', 'gap', 'partial'],
    rows.map((row) => [
      row.problem,
      row.features,
      milliseconds(row.median),
      `${milliseconds(row.min)} - ${milliseconds(row.max)}`,
      figures(row.nanosecondsPerFeature),
      figures(row.sumError),
      figures(row.gap),
      row.partial,
    ]),
  );
  const compared = rows.filter(({ peers }) => peers.length > 0);
  const peers = table(
    'Convex problem compared with numpy, one thread (bisection on lambda to 1e-15; scipy brentq): ms, and polysem / peer',
    ['N', 'polysem', 'bisection', '', 'brentq', '', 'max |dC|', "bisection's |sum C - D|"],
    compared.map((row) => [
      row.features,
      milliseconds(row.median),
      ...row.peers.flatMap(({ median }) => [milliseconds(median), factor(row.median, median)]),
      figures(row.difference),
      figures(row.peerSumError),
    ]),
  );
  const fits = exponents.map(
    ({ problem, exponent }) => `time grows as N^${exponent.toFixed(2)} (${problem})`,
  );
  const verdicts = goals.map(
    ({ problem, seconds, goal, met }) =>
      `N = 1e6, ${problem}: ${figures(seconds)} s, goal ${goal} s ${met ? 'met' : 'MISSED'}`,
  );
  return [times, compared.length > 0 ? peers : '', [...fits, ...verdicts, ''].join('\n')]
    .filter(Boolean)
    .join('\n');
}
