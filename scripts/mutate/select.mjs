// The tests that can notice a mutant: those that execute the changed place.
import { holds } from './executed.mjs';

/**
 * @param {readonly import('./coverage.mjs').TestRecord[]} records
 * @returns {((file: string, point: number) => { test: string, ids: string[] | null, seconds: number, whole: number }[]) & {
 *   leaveOut: (test: string) => void }} test files with their tests (null: all) and the seconds that these and the whole file
 *   take, those first that are cheap and named like the source; without those that were left out.
 */
export function testsByCoverage(records) {
  let sound = records.filter((record) => record.sound);
  const covering = (file, point) => {
    const loading = sound.filter((record) => record.files.includes(file));
    const around = loading.filter((record) => has(record.around, file, point));
    // A place that runs whenever the module is loaded: tests that use the module, or else all that load it.
    const atLoad = around.length > 0 && around.length === loading.length;
    const uses =
      atLoad && loading.some(({ tests }) => tests.some(({ covered }) => file in covered));
    return loading
      .flatMap((record) => {
        const all = !uses && around.includes(record);
        const ids = record.tests
          .filter(({ covered }) => all || (uses ? file in covered : has(covered, file, point)))
          .map(({ id }) => id);
        return ids.length === 0 ? [] : [choice(record, ids)];
      })
      .toSorted((a, b) => rank(file, a) - rank(file, b));
  };
  covering.leaveOut = (test) => {
    sound = sound.filter((record) => record.test !== test);
  };
  return covering;
}

function has(covered, file, point) {
  return file in covered && holds(covered[file], point);
}

function choice({ test, seconds, tests }, ids) {
  const chosen = new Set(ids);
  const sum = (list) => list.reduce((total, one) => total + one.seconds, seconds);
  return {
    test,
    ids: ids.length === tests.length ? null : ids,
    seconds: sum(tests.filter(({ id }) => chosen.has(id))),
    whole: sum(tests),
  };
}

/** Seconds, counted less for tests of the same package and of the same name. */
function rank(file, { test, seconds }) {
  const [, name, , ...path] = file.replace(/\.ts$/, '').split('/');
  const words = path.flatMap((part) => part.split('-')).map((word) => word.replace(/s$/, ''));
  const named = words.filter((word) => word.length > 2 && test.split('/').at(-1).includes(word));
  const own = test.startsWith(`packages/${name}/`) ? 2 : 1;
  return seconds / own / (1 + named.length) ** 2;
}
