// Tries one mutant on the tests that execute it.
/* oxlint-disable no-await-in-loop -- one run after another, because all use the same copy */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceSource } from './copy.mjs';
import { isReplacing } from './coverage.mjs';
import { mutated } from './points.mjs';

/** Seconds of tests in the first runs. A mutant that hangs then costs little, because the limit of a run grows with them. */
const FIRST_RUNS = [1, 10];
/** Seconds allowed to a run beyond three times those of its tests; a worker starts in them. */
const SLACK = 5;
/** Seconds allowed to a test without a mutant. */
const FIRST_TIME = 600;

/**
 * @param {object} tools
 * @param {ReturnType<import('./select.mjs').testsByCoverage>} tools.covering
 * @param {((file: string, text: string) => string | null) | null} tools.typeError
 * @param {number} tools.budget seconds of tests per mutant.
 */
export function mutantTrial({ covering, typeError, budget }) {
  const isSound = soundness();

  return async function tryMutant(job, mutant) {
    const text = readFileSync(join(job.folder, mutant.file), 'utf8');
    const changed = mutated(text, mutant);
    const error = typeError?.(mutant.file, changed) ?? null;
    if (error !== null) return { ...mutant, outcome: 'skipped', by: error };
    for (;;) {
      const chosen = covering(mutant.file, mutant.point);
      if (chosen.length === 0) return { ...mutant, outcome: 'not covered' };
      const { runs, left } = runsWithin(chosen, budget);
      const { failed, id, tests, timedOut, by } = await withSource(job, mutant.file, changed, runs);
      if (timedOut) return { ...mutant, outcome: 'timed out', by };
      if (failed === null) return { ...mutant, outcome: 'survived', left };
      if (await isSound(job, failed, id === undefined ? tests : [{ test: failed, ids: [id] }]))
        return { ...mutant, outcome: 'killed', by, test: failed };
      console.error(`${by}: fails without a mutant, and is not used`);
      // A process that ended has no failed test.
      for (const { test } of failed === '' ? tests : [{ test: failed }]) covering.leaveOut(test);
    }
  };
}

/** Runs tests on a changed source until one fails, and restores the source. */
export async function withSource(job, file, text, runs) {
  const restore = replaceSource(job.folder, file, text);
  job.change(file);
  try {
    for (const { tests, seconds } of runs) {
      const outcome = await job.run(tests, SLACK + 3 * seconds);
      if (outcome.timedOut) return { ...outcome, by: tests.map(({ test }) => test).join(', ') };
      if (outcome.failed !== null) return { ...outcome, tests };
    }
    return { failed: null };
  } finally {
    restore();
    job.change(file);
  }
}

/** Says whether tests that failed pass without a mutant. Each test is tried once, and so is each file that did not load. */
function soundness() {
  const known = new Map();
  return (job, test, tests) => {
    const key = JSON.stringify([test, tests.length === 1 ? tests[0].ids : null]);
    if (!known.has(key))
      known.set(
        key,
        job.run(tests, FIRST_TIME).then(({ failed }) => failed === null),
      );
    return known.get(key);
  };
}

/**
 * Parts tests into runs. A file that replaces modules gets a run of its own, and so do those that do not execute the change:
 * only then do they compute what an earlier test has kept.
 *
 * @param {readonly import('./select.mjs').Choice[]} chosen
 * @param {number} budget seconds of all runs.
 * @returns {{ runs: { tests: object[], seconds: number }[], left: number }} the runs, and the number of tests left out that
 *   execute the change.
 */
export function runsWithin(chosen, budget) {
  const within = chosen.filter(fits(budget));
  return {
    runs: [
      ...parted(
        within.filter(({ late }) => !late),
        FIRST_RUNS,
      ),
      ...parted(
        within.filter(({ late }) => late),
        [],
      ),
    ],
    left: chosen.filter((one) => !one.late && !within.includes(one)).length,
  };
}

/** A filter that keeps the first item, and then those that stay within a sum. A file is loaded once. */
function fits(budget) {
  let spent = 0;
  const loaded = new Set();
  return ({ test, seconds, load }) => {
    const cost = seconds + (loaded.has(test) ? 0 : load);
    if (spent > 0 && spent + cost > budget) return false;
    spent += cost;
    loaded.add(test);
    return true;
  };
}

/** Runs of at most so many seconds each; the last one takes the rest. */
function parted(chosen, limits) {
  const runs = [];
  for (const one of chosen) {
    if (isReplacing(one.test)) continue;
    const limit = limits[runs.length - 1] ?? Infinity;
    if (runs.length === 0 || runs.at(-1).seconds + one.seconds + one.load > limit)
      runs.push({ tests: [], seconds: 0 });
    add(runs.at(-1), one);
  }
  const alone = chosen.filter(({ test }) => isReplacing(test));
  return [
    ...runs,
    ...alone.map(({ test, ids, seconds, load }) => ({
      tests: [{ test, ids }],
      seconds: seconds + load,
    })),
  ];
}

/** Adds tests to a run. A process can load a test file only once. */
function add(run, { test, ids, seconds, load }) {
  const same = run.tests.find((one) => one.test === test);
  if (same === undefined) run.tests.push({ test, ids });
  else same.ids = [...same.ids, ...ids];
  run.seconds += seconds + (same === undefined ? load : 0);
}
