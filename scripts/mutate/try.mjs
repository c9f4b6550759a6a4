// Tries mutants on the tests nearest to them.
/* oxlint-disable no-await-in-loop -- one run after another, because all use the same copy */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceSource } from './copy.mjs';
import { mutated } from './points.mjs';

/** Seconds allowed to a test file that has not run yet: many, because one that seems to hang is not used any more. */
const FIRST_TIME = 600;
/** Seconds assumed for such a file when the tests of a mutant are chosen. */
const GUESS = 4;

/**
 * @param {object} tools
 * @param {string} tools.copy folder of the built copy.
 * @param {(file: string) => { test: string, distance: number }[]} tools.reaching
 * @param {((file: string, text: string) => string | null) | null} tools.typeError
 * @param {{ budget: number, files: number }} tools.bounds seconds of tests per mutant, and the least number of test files.
 */
export function mutantTrial({ copy, reaching, typeError, bounds }) {
  /** Seconds and soundness of each test file that has run. */
  const known = new Map();
  const learn = ({ files }) => {
    for (const { test, seconds, failed } of files)
      if (!failed) known.set(test, { seconds, sound: true });
  };
  const limitOf = (tests) =>
    tests.reduce((sum, test) => sum + 3 * (known.get(test)?.seconds ?? FIRST_TIME / 3), 60);

  /** Returns whether a test passes without a mutant; runs it at most once. */
  const isSound = async (test) => {
    if (!known.has(test)) {
      const run = await runTests(copy, [test], FIRST_TIME);
      learn(run);
      if (!known.has(test)) {
        known.set(test, { seconds: FIRST_TIME, sound: false });
        console.error(`${test} fails without a mutant, and is not used`);
      }
    }
    return known.get(test).sound;
  };

  return async function tryMutant(mutant) {
    const text = readFileSync(join(copy, mutant.file), 'utf8');
    const changed = mutated(text, mutant);
    const error = typeError?.(mutant.file, changed) ?? null;
    if (error !== null) return { ...mutant, outcome: 'skipped', by: error };
    for (;;) {
      const tests = within(bounds, reaching(mutant.file), known);
      if (tests.length === 0) return { ...mutant, outcome: 'survived', by: 'no test reaches it' };
      const restore = replaceSource(copy, mutant.file, changed);
      let run;
      try {
        run = await runTests(copy, tests, limitOf(tests));
      } finally {
        restore();
      }
      learn(run);
      const suspect = run.timedOut ? tests.find((test) => !known.has(test)) : run.failedFile;
      if (suspect !== undefined && !(await isSound(suspect))) continue;
      const outcome = run.timedOut ? 'timed out' : run.failedFile ? 'killed' : 'survived';
      return { ...mutant, outcome, by: run.failedTest ?? '', tests };
    }
  };
}

/** The nearest sound tests that take `budget` seconds together, at least `files` of them. */
function within({ budget, files }, reaching, known) {
  const tests = [];
  let seconds = 0;
  for (const { test } of reaching) {
    const { seconds: own = GUESS, sound = true } = known.get(test) ?? {};
    if (!sound || (tests.length >= files && seconds + own > budget)) continue;
    tests.push(test);
    seconds += own;
  }
  return tests;
}

/** Runs test files in order, until the first failure or the time limit in seconds. */
function runTests(copy, tests, limit) {
  const report = join(copy, 'mutant-tests.json');
  rmSync(report, { force: true });
  const child = spawn(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config=scripts/mutate/vitest.config.mjs',
      '--reporter=json',
      `--outputFile=${report}`,
    ],
    {
      cwd: copy,
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, POLYSEM_MUTANT_TESTS: JSON.stringify(tests) },
    },
  );
  return new Promise((resolve) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      process.kill(-child.pid, 'SIGKILL');
    }, 1000 * limit);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ timedOut, ...outcomeOf(copy, tests, report, !timedOut && code !== 0) });
    });
  });
}

function outcomeOf(copy, tests, report, failed) {
  let results = [];
  try {
    results = JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    // The run ended without a report: it hung, or its process crashed.
  }
  // Files after the first failure are in the report, but did not run.
  const ran = results.filter(
    ({ status, assertionResults }) =>
      status !== 'passed' || assertionResults.some((test) => test.status === 'passed'),
  );
  const files = ran.map(({ name, status, startTime, endTime, assertionResults, message }) => ({
    test: name.slice(copy.length + 1),
    seconds: (endTime - startTime) / 1000,
    failed: status !== 'passed',
    name: assertionResults.find((test) => test.status === 'failed')?.fullName ?? message,
  }));
  const first = files.find((file) => file.failed);
  return {
    files: failed ? files.filter((file) => file !== first) : files,
    failedFile: failed ? (first?.test ?? tests[0]) : undefined,
    failedTest: first?.name,
  };
}
