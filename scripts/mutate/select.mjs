// The tests that can notice a mutant: those that execute the changed place.
import { holds } from './executed.mjs';

/** A test that takes longer, in seconds, is run on its own, after the others. */
const SLOW = 0.5;

/**
 * @typedef {object} Choice
 * @property {string} test path of a test file.
 * @property {string[] | null} ids tests of the file; null: all.
 * @property {number} seconds seconds of the processor that they take.
 * @property {number} load seconds that the loading of the file takes, once per run.
 * @property {boolean} late true for tests that do not execute the place, but may see what the others have kept.
 */

/**
 * @param {readonly import('./coverage.mjs').TestRecord[]} records
 * @returns {((file: string, point: number) => Choice[]) & { leaveOut: (test: string) => void }} The tests that execute a
 *   place, those first that are quick and named like the source, then the other quick tests of these files; without the files
 *   that were left out.
 */
export function testsByCoverage(records) {
  let left = records;
  const covering = (file, point) => {
    const loading = left.filter((record) => record.files.includes(file));
    const around = loading.filter((record) => has(record.around, file, point));
    // A place that runs whenever the module is loaded: tests that use the module, or else all that load it.
    const atLoad = around.length > 0 && around.length === loading.length;
    const uses =
      atLoad && loading.some(({ tests }) => tests.some(({ covered }) => file in covered));
    return loading
      .flatMap((record) => {
        const all = !uses && around.includes(record);
        return choices(
          record,
          ({ covered }) => all || (uses ? file in covered : has(covered, file, point)),
        );
      })
      .toSorted((a, b) => a.late - b.late || rank(file, a) - rank(file, b));
  };
  covering.leaveOut = (test) => {
    left = left.filter((record) => record.test !== test);
  };
  return covering;
}

function has(covered, file, point) {
  return file in covered && holds(covered[file], point);
}

/** Parts of a test file: its quick tests that execute a place, each slow one, and the quick others. */
function choices({ test, seconds: load, failed, tests }, executes) {
  const executing = tests.filter(executes);
  if (executing.length === 0) return [];
  const choice = (part, late) => ({
    test,
    ids: failed === 0 && part.length === tests.length ? null : part.map(({ id }) => id),
    seconds: part.reduce((sum, one) => sum + one.seconds, 0),
    load,
    late,
  });
  const quick = executing.filter((one) => one.seconds <= SLOW);
  const slow = executing.filter((one) => one.seconds > SLOW);
  const others = tests.filter((one) => one.seconds <= SLOW && !executes(one));
  return [
    ...[quick, ...slow.map((one) => [one])]
      .filter((part) => part.length > 0)
      .map((part) => choice(part, false)),
    ...(others.length > 0 ? [choice(others, true)] : []),
  ];
}

/** Seconds, counted less for tests of the same package and of the same name. */
function rank(file, { test, seconds, load }) {
  const [, name, , ...path] = file.replace(/\.ts$/, '').split('/');
  const words = path.flatMap((part) => part.split('-'));
  const others = test.split('/').at(-1).split(/[-.]/);
  const named = words.filter((word) => others.some((other) => isAkin(word, other)));
  const own = test.startsWith(`packages/${name}/`) ? 2 : 1;
  return (seconds + load) / own / (1 + named.length) ** 2;
}

/** True for words such as stream and streaming, or shape and shapes. */
function isAkin(a, b) {
  return Math.min(a.length, b.length) > 2 && (a.startsWith(b) || b.startsWith(a));
}
