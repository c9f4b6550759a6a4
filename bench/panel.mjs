import { roughness } from '@polysem/engine/phase';
import { evaluateAll } from './panel/evaluate.mjs';
import { openPeer, SCHEDULES, trainLengths } from './panel/peer.mjs';
import { openPolysem } from './panel/polysem.mjs';
import { checkedCell, strip, thorough, wholePanel } from './panel/strip.mjs';
import { reached, targetsOf } from './panel/targets.mjs';
import { figures, table } from './table.mjs';
import { trainingPeers } from './training/environment.mjs';

const THREADS = 2;
const RESTARTS = [1, 6];
/** Time limit of one run of the peer, in seconds. */
const BUDGET = 300;
const QUICK_BUDGET = 60;
const DENSITIES = 64;
/** Length of the peer's long training in one cell. */
const CHECK = { steps: 20_000, restarts: 6 };
/** Largest relative difference at which two losses agree, and largest mean excess. */
const SHARE = 0.01;

/**
 * Times four columns of a panel of Figure 7 by polysem and by PyTorch trained the usual way, and the quality of each.
 * `budget` is in seconds per run; `densities` is the number of rows.
 */
export async function benchPanel(context) {
  const { quick, runs, progress, densities = DENSITIES } = context;
  const budget = context.budget ?? (quick ? QUICK_BUDGET : BUDGET);
  const spec = strip(densities);
  const own = await trainAll(spec, runs, progress);
  const { about, ways, check, problems } = await trainPeer(spec, budget, progress);

  progress('panel: evaluating');
  const lengths = ways.flatMap((way) => way.lengths);
  const contenders = [own.strip, own.thorough, ...lengths].map(({ parameters }) => parameters);
  const [ownQuality, bestQuality, ...qualities] = evaluateAll(spec, own.kernel, contenders);
  lengths.forEach((length, i) => Object.assign(length, outcome(qualities[i])));
  const polysem = {
    kernel: own.kernel,
    strip: { ...withoutArrays(own.strip), ...outcome(ownQuality) },
    whole: { ...withoutArrays(own.whole), roughness: squareRoughness(own.whole.capacity) },
    thorough: { ...withoutArrays(own.thorough), ...outcome(bestQuality) },
  };
  const checked = check && checkOf(spec, own, check);
  return {
    about,
    threads: THREADS,
    budget,
    densities,
    polysem,
    ways: ways.map((way) => ({ ...way, lengths: way.lengths.map(withoutArrays) })),
    targets:
      ways.length === 0
        ? []
        : targetsOf(polysem.strip).map((target) => timesOf(target, ways, polysem.strip)),
    check: checked,
    problems,
    failures: failuresOf(polysem, checked),
  };
}

/** Trains the strip, the whole panel, and the strip thoroughly as a reference for the best losses. */
async function trainAll(spec, runs, progress) {
  const { kernel, trainGrid, close } = await openPolysem(THREADS);
  try {
    // Compiles the kernels.
    await trainGrid(strip(3));
    progress('panel: strip by polysem');
    const own = await trainGrid(spec, runs);
    progress(`panel: strip by polysem took ${figures(own.median)} s; the whole panel`);
    const whole = await trainGrid(wholePanel(spec.y.values.length));
    progress(`panel: the whole panel took ${figures(whole.median)} s; a thorough strip`);
    const best = await trainGrid(thorough(spec));
    return { kernel, strip: own, whole, thorough: best };
  } finally {
    await close();
  }
}

/** Trains the peer in all ways; failures are listed as problems. */
async function trainPeer(spec, budget, progress) {
  const { 'torch-panel': command } = await trainingPeers(['torch-panel'], progress);
  const found = { about: undefined, ways: [], check: undefined, problems: [] };
  if (command === undefined) return found;
  /* oxlint-disable no-await-in-loop -- one at a time, because they are timed */
  for (const restarts of RESTARTS) {
    progress(`panel: opening PyTorch, ${restarts} x ${spec.y.values.length} x 4 instances`);
    let peer;
    try {
      peer = await openPeer(command, spec, { restarts, threads: THREADS });
      const { chosen, variants, opening } = peer;
      found.about = peer.about;
      progress(`panel: PyTorch by ${chosen}, ${figures(1000 * variants[chosen])} ms per step`);
      for (const schedule of SCHEDULES) {
        const { name } = schedule;
        const lengths = await trainLengths(peer, schedule, {
          budget,
          secondsAStep: variants[chosen],
          onLength: ({ steps, seconds }) =>
            progress(`panel: ${name}, ${restarts} starts, ${steps} steps: ${figures(seconds)} s`),
        });
        found.ways.push({ name, restarts, chosen, variants, opening, lengths });
      }
    } catch ({ message }) {
      found.problems.push(`PyTorch with ${restarts} starts: ${message}`);
    } finally {
      await peer?.close();
    }
  }
  /* oxlint-enable no-await-in-loop */
  try {
    found.check = await trainOneCell(command, spec, found.ways[0]?.chosen, progress);
  } catch ({ message }) {
    found.problems.push(`PyTorch in one cell: ${message}`);
  }
  return found;
}

async function trainOneCell(command, spec, only, progress) {
  progress('panel: long training by PyTorch in one cell');
  const { spec: cell } = checkedCell(spec);
  const { steps, restarts } = CHECK;
  const peer = await openPeer(command, cell, { restarts, threads: THREADS, only });
  try {
    const { parameters } = await peer.train(steps, SCHEDULES[0]);
    return { steps, restarts, parameters };
  } finally {
    await peer.close();
  }
}

/** Compares the peer's loss in one cell with polysem's. */
function checkOf(spec, own, { steps, restarts, parameters }) {
  const { place, spec: cell } = checkedCell(spec);
  const contenders = [[own.thorough.parameters[place]], parameters];
  const [best, peer] = evaluateAll(cell, own.kernel, contenders).map(({ losses }) => losses[0]);
  const [density, importance] = [cell.y.values[0], cell.x.values[0]];
  return { density, importance, steps, restarts, best, peer, difference: peer / best - 1 };
}

function outcome({ excess, roughness: rough }) {
  return { excess, roughness: rough };
}

function squareRoughness(capacity) {
  const side = Math.sqrt(capacity.length);
  return roughness(capacity, side, side);
}

function withoutArrays({ parameters: _parameters, capacity: _capacity, ...rest }) {
  return rest;
}

/** Time at which the peer meets a target, also as a multiple of polysem's time; a lower bound if it never does. */
function timesOf({ name, isMet }, ways, { median }) {
  const { name: by, ...time } = reached(ways, isMet);
  if (time.atLeast !== undefined)
    return { target: name, ...time, ratioAbove: time.atLeast / median };
  return { target: name, by, ...time, ratio: time.seconds / median };
}

function failuresOf({ strip: own }, check) {
  const failures = [];
  // Negated comparisons, so that NaN fails.
  if (!(own.excess <= SHARE))
    failures.push(`panel: polysem's losses are ${percent(own.excess)} above the best known`);
  if (check !== undefined && !(Math.abs(check.difference) <= SHARE))
    failures.push(
      `panel: PyTorch's loss after ${check.steps} steps in one cell differs from the best by ${percent(check.difference)}`,
    );
  return failures;
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

/** Formats a result of `benchPanel` as tables. */
export function describePanel({ about, budget, polysem, ways, targets, check, problems }) {
  const quality = ({ roughness: { rms, leftOut }, excess }) => [
    figures(rms),
    percent(leftOut),
    excess === undefined ? '' : percent(excess),
  ];
  const own = table(
    `Compression, ReLU, 6 features in 3 dimensions; polysem, kernel ${polysem.kernel}, ${THREADS} threads`,
    ['grid', 'cells', 'seconds', 'min - max', 'roughness', 'left out', 'loss above best'],
    ['strip', 'whole', 'thorough'].map((name) => {
      const { cells, median, min, max } = polysem[name];
      const times = [name, cells, figures(median), `${figures(min)} - ${figures(max)}`];
      return times.concat(quality(polysem[name]));
    }),
  );
  const peer = table(
    `The strip in PyTorch, ${THREADS} threads, at most ${budget} s per run`,
    ['schedule', 'restarts', 'steps', 'seconds', 'roughness', 'left out', 'loss above best'],
    ways.flatMap(({ name, restarts, lengths }) =>
      lengths.map((one) => [name, restarts, one.steps, figures(one.seconds), ...quality(one)]),
    ),
  );
  const times = table(
    'Time of the fastest way in PyTorch to reach each target; ratio to the time of polysem',
    ['target', 'seconds', 'missed at', 'by', 'restarts', 'steps', 'ratio'],
    targets.map(targetRow),
  );
  const steps = ways.map(
    ({ restarts, chosen, variants, opening }) =>
      `${restarts} restarts: ${chosen}, ${figures(1000 * variants[chosen])} ms per step, opened in ${figures(opening)} s`,
  );
  return [
    about && `${about.library} ${about.version}\n${[...new Set(steps)].join('\n')}\n`,
    own,
    ways.length > 0 && peer,
    targets.length > 0 && times,
    check &&
      `Check: density ${figures(check.density)}, importance ${check.importance}, ${check.steps} steps: ` +
        `PyTorch's loss is ${percent(check.difference)} above polysem's\n`,
    ...problems.map((problem) => `${problem}\n`),
  ]
    .filter(Boolean)
    .join('\n');
}

function targetRow({ target, by, restarts, steps, seconds, missedAt, ratio, atLeast, ratioAbove }) {
  if (seconds === undefined)
    return [target, 'not reached', figures(atLeast), '', '', '', `above ${figures(ratioAbove)}x`];
  return [target, figures(seconds), figures(missedAt), by, restarts, steps, `${figures(ratio)}x`];
}
