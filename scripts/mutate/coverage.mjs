// The mutation points that each test executes: measured once per test file, and again where a file that it loads has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MODULES, REPLACING } from '../../vitest.config.ts';
import { offsetsOf } from './executed.mjs';
import { mutationPoints } from './points.mjs';

/** Seconds of the processor that one test file may take. */
const LIMIT = 900;

/**
 * @typedef {object} TestRecord
 * @property {string} test path of the test file.
 * @property {readonly string[]} files all files of the repository that it loads.
 * @property {number} seconds time to load it, and of its hooks.
 * @property {number} failed number of tests that failed without a mutant.
 * @property {Record<string, string>} around points that run outside of tests, per file.
 * @property {readonly { id: string, seconds: number, covered: Record<string, string> }[]} tests those that passed.
 */

/** Paths of the files of tests that mutants are tried on: those of modules without state, and those that replace modules. */
export function testSources(root) {
  const [, names] = /\{(.*)\}/.exec(MODULES[0]);
  return names
    .split(',')
    .flatMap((name) => {
      const folder = `packages/${name}/test`;
      const paths = readdirSync(join(root, folder), { recursive: true });
      return paths.map((path) => `${folder}/${path.replaceAll('\\', '/')}`);
    })
    .filter((path) => path.endsWith('.ts'))
    .toSorted();
}

/** Paths of the test files among them. */
export function testFiles(root) {
  return testSources(root).filter((path) => path.endsWith('.test.ts'));
}

/** True if a test file replaces modules, and so needs a process of its own. */
export function isReplacing(test) {
  return REPLACING.includes(`**/${basename(test)}`);
}

/** Writes where the mutation points of all sources are, for the processes that measure. */
export function writeOffsets(folder, sources) {
  const offsets = {};
  for (const file of sources) {
    const text = readFileSync(join(folder, file), 'utf8');
    offsets[file] = mutationPoints(file, text).map((point) => offsetsOf(text, point));
  }
  mkdirSync(join(folder, '.cache'), { recursive: true });
  writeFileSync(join(folder, '.cache/mutation-offsets.json'), JSON.stringify(offsets));
}

/**
 * Record of each test file, from the cache where the files that it loads are the same.
 *
 * @param {string} folder a copy of the repository.
 * @param {string} cache folder of the records.
 * @param {readonly string[]} tests
 * @param {readonly ReturnType<import('./jobs.mjs').startJob>[]} jobs
 * @param {(done: number, total: number) => void} progress
 * @returns {Promise<TestRecord[]>}
 */
export async function coverage(folder, cache, tests, jobs, progress) {
  mkdirSync(cache, { recursive: true });
  const hash = hashes(folder);
  const records = tests.map((test) => cached(cache, test, hash));
  const missing = tests.flatMap((test, i) => (records[i] === null ? [{ test, i }] : []));
  let next = 0;
  const work = async (job) => {
    while (next < missing.length) {
      const { test, i } = missing[next++];
      // oxlint-disable-next-line no-await-in-loop -- one test file at a time per process
      records[i] = await measured(job, test);
      progress(next, missing.length);
      const files = records[i].files.map((file) => [file, hash(file)]);
      writeFileSync(cachePath(cache, test), JSON.stringify({ hashes: files, record: records[i] }));
    }
  };
  await Promise.all(jobs.map(work));
  return records;
}

async function measured(job, test) {
  const path = join(job.folder, '.cache/mutation-record.json');
  rmSync(path, { force: true });
  await job.run([{ test, ids: null }], LIMIT);
  if (!existsSync(path))
    return { test, files: [test], seconds: 0, failed: 1, around: {}, tests: [] };
  return { test, ...JSON.parse(readFileSync(path, 'utf8')) };
}

function cached(cache, test, hash) {
  const path = cachePath(cache, test);
  if (!existsSync(path)) return null;
  const { hashes: files, record } = JSON.parse(readFileSync(path, 'utf8'));
  return files.every(([file, known]) => hash(file) === known) ? record : null;
}

function cachePath(cache, test) {
  return join(cache, `${test.replaceAll('/', '+')}.json`);
}

/** Hashes of files together with the mutators, which decide what a point is. */
function hashes(folder) {
  const mutators = readFileSync(join(folder, 'scripts/mutate/points.mjs'));
  const known = new Map();
  return (file) => {
    if (!known.has(file)) {
      const path = join(folder, file);
      const bytes = existsSync(path) ? readFileSync(path) : '';
      known.set(
        file,
        createHash('sha256').update(mutators).update(bytes).digest('hex').slice(0, 20),
      );
    }
    return known.get(file);
  };
}
