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

/** Hash of files. */
export function hashOf(root, files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Opens a journal. Its first line says which sources and tests it belongs to.
 *
 * @param {string} path
 * @param {{ sources: string, tests: string }} of hashes.
 * @returns {{ known: (mutant: object) => object | null, add: (result: object) => void }} With other tests, mutants that survived are
 *   tried again.
 * @throws {Error} if the journal belongs to other sources.
 */
export function openJournal(path, of) {
  const results = new Map();
  const write = (line) => appendFileSync(path, `${JSON.stringify(line)}\n`);
  let tests = null;
  for (const line of readJournal(path)) {
    if (line.sources === undefined) {
      const open = OPEN.has(line.outcome) && tests !== of.tests;
      if (!open) results.set(identity(line), line);
    } else if (line.sources !== of.sources) {
      throw new Error(`--out: ${path} holds results of other sources; name another file`);
    } else ({ tests } = line);
  }
  mkdirSync(dirname(path), { recursive: true });
  endLine(path);
  if (tests !== of.tests) write(of);
  return {
    known: (mutant) => results.get(identity(mutant)) ?? null,
    add: write,
  };
}

/** Ends a line that was cut off. */
function endLine(path) {
  if (existsSync(path) && !/(?:^|\n)$/.test(readFileSync(path, 'utf8'))) appendFileSync(path, '\n');
}

/** Results in a journal, the last one of each mutant. */
export function resultsIn(path) {
  const lines = readJournal(path).filter((line) => line.outcome !== undefined);
  return [...new Map(lines.map((line) => [identity(line), line])).values()];
}

/** Mutants among those given that survived in a journal, also one of other sources: they are found by their lines. */
export function survivorsAmong(mutants, path) {
  const open = resultsIn(path).filter(({ outcome }) => OPEN.has(outcome));
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
