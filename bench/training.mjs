import { chooseWorkloads, interleave, workloadSummary } from '@polysem/runs/bench';
import { figures, milliseconds, table } from './table.mjs';
import { compareQuality, failuresOf, trainSides } from './training/quality.mjs';
import { sideNames, trainingSides } from './training/sides.mjs';

const THREADS = [1, 2];
/** Minimum duration of a timed group of steps, in seconds. */
const BLOCK = 1;

/**
 * Times whole training steps, sampling included, of polysem and its peers on the same workloads, and compares the losses
 * that they reach. `sides` and `work` select sides and workloads by name; `quality: false` skips the losses.
 */
export async function benchTraining(context) {
  const { quick, progress, sides: wanted, work: names, quality = true } = context;
  const works = chooseWorkloads(names, quick);
  checkSides(wanted);
  const sides = await trainingSides(wanted ?? sideNames, progress);
  const rows = [];
  const qualities = [];
  const about = {};
  /* oxlint-disable no-await-in-loop -- one at a time, because they are timed */
  for (const work of works) {
    const trained = [];
    for (const threads of THREADS) {
      const { opened, refused } = await openAll(sides, work, threads, progress);
      try {
        for (const [name, side] of opened) about[name] = side.about;
        const row = await timeRow(work, threads, opened, refused, context);
        rows.push(row);
        // Each side once, at its largest number of threads.
        const ready = sides
          .filter(({ mostThreads }) => threads === Math.min(mostThreads, THREADS.at(-1)))
          .map(({ name }) => [name, opened.get(name)])
          .filter(([, side]) => side !== undefined);
        if (quality) trained.push(...(await trainSides(work, ready, row.sides, progress)));
      } finally {
        await Promise.all([...opened.values()].map((side) => side.close()));
      }
    }
    if (quality) qualities.push(compareQuality(work, trained));
  }
  /* oxlint-enable no-await-in-loop */
  const best = works.map(({ name }) => bestOf(name, rows)).filter(Boolean);
  return {
    about,
    workloads: works.map(workloadSummary),
    rows,
    best,
    geometricMean: geometricMean(best.map(({ ratio }) => ratio)),
    quality: qualities,
    failures: failuresOf(qualities),
  };
}

function checkSides(names) {
  const unknown = names?.find((name) => !sideNames.includes(name));
  if (unknown !== undefined)
    throw new RangeError(`sides: must be among ${sideNames.join(', ')}, got ${unknown}`);
}

/** Opens every side, one after another. A side that cannot do the work gives the reason. */
async function openAll(sides, work, threads, progress) {
  const opened = new Map();
  const refused = [];
  for (const { name, mostThreads, open } of sides) {
    if (threads > mostThreads) {
      refused.push({ name, problem: `has ${mostThreads} thread only` });
      continue;
    }
    progress(`training: ${work.name}, ${threadsOf(threads)}, opening ${name}`);
    try {
      // oxlint-disable-next-line no-await-in-loop -- opening takes the whole machine
      opened.set(name, await open(work, threads));
    } catch ({ message }) {
      progress(`training: ${work.name}, ${threadsOf(threads)}, without ${name}: ${message}`);
      refused.push({ name, problem: message });
    }
  }
  return { opened, refused };
}

/** Times all open sides on one workload. */
async function timeRow(work, threads, opened, refused, { runs, progress }) {
  progress(`training: ${work.name}, ${threadsOf(threads)}, timing`);
  const contenders = [...opened].map(([name, side]) => contender(name, side));
  const times = await interleave(contenders, runs, BLOCK);
  const timed = times.map((time, c) => {
    const { problem, clock } = contenders[c];
    if (problem !== undefined) return { name: time.name, problem };
    const { chosen, variants } = opened.get(time.name);
    return Object.assign(time, {
      stepsPerSecond: 1 / time.median,
      // Mean number of busy cores: a check that one thread uses one core.
      cores: clock.busy / clock.seconds,
      chosen,
      variants,
    });
  });
  for (const { name, problem } of timed) if (problem !== undefined) opened.get(name).close();
  const own = timed.find(({ name, median }) => name === 'polysem' && median !== undefined);
  return {
    work: work.name,
    threads,
    sides: [...timed, ...refused].map((side) => withRatio(side, own)),
  };
}

/** Contender that times a side. If it fails, its samples are infinite and `problem` gives the reason. */
function contender(name, side) {
  const own = {
    name,
    problem: undefined,
    clock: { seconds: 0, busy: 0 },
    async time(count) {
      if (own.problem !== undefined) return Infinity;
      try {
        const { seconds, busy } = await side.steps(count);
        own.clock.seconds += seconds;
        own.clock.busy += busy;
        return seconds;
      } catch ({ message }) {
        own.problem = message;
        return Infinity;
      }
    },
  };
  return own;
}

/** Steps that polysem takes in the time of one step of a peer. */
function withRatio(side, own) {
  if (own === undefined || side.median === undefined || side.name === 'polysem') return side;
  return { ...side, ratio: side.median / own.median };
}

/** Compares polysem and the fastest peer, each at its best number of threads. */
function bestOf(work, rows) {
  const timed = rows
    .filter((row) => row.work === work)
    .flatMap(({ threads, sides }) => sides.map((side) => ({ ...side, threads })))
    .filter(({ median }) => median !== undefined)
    .map(({ name, threads, median }) => ({ name, threads, median }))
    .toSorted((a, b) => a.median - b.median);
  const polysem = timed.find(({ name }) => name === 'polysem');
  const peer = timed.find(({ name }) => name !== 'polysem');
  if (polysem === undefined || peer === undefined) return undefined;
  return { work, polysem, peer, ratio: peer.median / polysem.median };
}

function geometricMean(values) {
  if (values.length === 0) return null;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function threadsOf(threads) {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

/** Formats a result of `benchTraining` as tables. */
export function describeTraining({ about, rows, best, geometricMean: mean, quality }) {
  const names = sideNames.filter((name) =>
    rows.some(({ sides }) => sides.some((side) => side.name === name)),
  );
  const peers = names.filter((name) => name !== 'polysem');
  const times = table(
    'Training, whole steps with sampling: ms per step (median)',
    ['N-D x instances', 'threads', ...names],
    rows.map((row) => [
      row.work,
      row.threads,
      ...names.map((name) => milliseconds(sideOf(row, name).median) || '-'),
    ]),
  );
  const ratios = table(
    'How many times as fast as each peer polysem is, at the same number of threads',
    ['N-D x instances', 'threads', ...peers],
    rows.map((row) => [
      row.work,
      row.threads,
      ...peers.map((name) => timesAsFast(sideOf(row, name).ratio)),
    ]),
  );
  const bests = table(
    'Compared with the fastest peer, each at its best number of threads',
    ['N-D x instances', 'polysem, ms', 'threads', 'fastest peer', 'ms', 'threads', ''],
    best.map(({ work, polysem, peer, ratio }) => [
      work,
      milliseconds(polysem.median),
      polysem.threads,
      peer.name,
      milliseconds(peer.median),
      peer.threads,
      timesAsFast(ratio),
    ]),
  );
  const versions = Object.entries(about).map(
    ([name, { library, version }]) => `${name}: ${library} ${version}`,
  );
  const compared = best.length > 0;
  return [
    `${versions.join('\n')}\n`,
    times,
    compared && ratios,
    compared && bests,
    compared && `geometric mean: ${timesAsFast(mean)}\n`,
    quality.length > 0 && qualityTable(quality),
    problemsOf(rows, quality),
  ]
    .filter(Boolean)
    .join('\n');
}

function sideOf({ sides }, wanted) {
  return sides.find(({ name }) => name === wanted) ?? {};
}

function timesAsFast(ratio) {
  return ratio === undefined ? '-' : `${figures(ratio)}x`;
}

function qualityTable(quality) {
  return table(
    'Loss after training, summed over features, on held-out inputs: mean over instances, mean over seeds (spread)',
    ['N-D x instances', 'steps', 'side', 'loss', 'spread', 'off', 'in std. errors'],
    quality.flatMap(({ work, steps, sides }) =>
      sides
        .filter(({ mean }) => mean !== undefined)
        .map(({ name, mean, spread, difference, errors }) => [
          work,
          steps,
          name,
          mean.toPrecision(5),
          figures(spread),
          difference === undefined ? '' : `${(100 * difference).toFixed(2)} %`,
          errors === undefined ? '' : figures(errors),
        ]),
    ),
  );
}

/** Lists the work that was skipped, with reasons. */
function problemsOf(rows, quality) {
  const left = [
    ...rows.map(({ work, threads, sides }) => [`${work}, ${threadsOf(threads)}`, sides]),
    ...quality.map(({ work, sides }) => [`${work}, quality`, sides]),
  ];
  return left
    .flatMap(([place, sides]) =>
      sides
        .filter(({ problem }) => problem !== undefined)
        .map(({ name, problem }) => `${place}: no ${name}: ${problem}\n`),
    )
    .join('');
}
