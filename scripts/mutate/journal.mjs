// Results of a run on disk, one JSON line each, from which an interrupted run continues.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keyOf } from './equivalent.mjs';

/** Outcomes that more tests could change. */
const OPEN = new Set(['survived', 'not covered']);

/** Identity of a mutant within its sources. */
function identity({ file, start, end, replacement }) {
  return JSON.stringify([file, start, end, replacement]);
}

/** Hashes of sources, of tests, and of all tests together, as the files are now. */
export function evidence(root, sources, tests) {
  const hashOf = (file) => hash([readFileSync(join(root, file))]);
  const each = new Map([...sources, ...tests].map((file) => [file, hashOf(file)]));
  return { file: (path) => each.get(path), tests: hash(tests.map((test) => each.get(test))) };
}

function hash(parts) {
  const all = createHash('sha256');
  for (const part of parts) all.update(part);
  return all.digest('hex').slice(0, 16);
}

/**
 * Opens a journal. A result holds as long as its source is the same and, if a test noticed the mutant, that test, or else all tests.
 *
 * @param {string} path
 * @param {ReturnType<typeof evidence>} of
 */
export function openJournal(path, of) {
  const stamped = (result) => ({
    ...result,
    source: of.file(result.file),
    evidence: OPEN.has(result.outcome) ? of.tests : of.file(result.test),
  });
  const results = new Map(readJournal(path).map((line) => [identity(line), line]));
  const isOfSource = (line) => line.source === of.file(line.file);
  mkdirSync(dirname(path), { recursive: true });
  endLine(path);
  return {
    /** The result of a mutant, if it holds. */
    known(mutant) {
      const line = results.get(identity(mutant));
      if (line === undefined || !isOfSource(line)) return null;
      return line.evidence === stamped(line).evidence ? line : null;
    },
    /** The last result of each mutant of these sources, also where its tests have changed. */
    all: () => [...results.values()].filter(isOfSource),
    add(result) {
      appendFileSync(path, `${JSON.stringify(stamped(result))}\n`);
    },
  };
}

/** Ends a line that was cut off. */
function endLine(path) {
  if (existsSync(path) && !/(?:^|\n)$/.test(readFileSync(path, 'utf8'))) appendFileSync(path, '\n');
}

/** Mutants among those given that survived in a journal, also one of other sources: they are found by their lines. */
export function survivorsAmong(mutants, path) {
  const last = new Map(readJournal(path).map((line) => [identity(line), line]));
  const open = [...last.values()].filter(({ outcome }) => OPEN.has(outcome));
  const keys = new Set(open.map(keyOf));
  return mutants.filter((mutant) => keys.has(keyOf(mutant)));
}

/** Lines of a journal. The last one may be cut off by the end of its run. */
function readJournal(path) {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });
}
