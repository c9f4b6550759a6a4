// Random choice of mutants, spread over all rooms.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, linesOf } from './equivalent.mjs';
import { mutationPoints } from './points.mjs';

/** Room of a source file: its package and, where the package has folders, its first folder. */
export function roomOf(file) {
  const [, name, , ...rest] = file.split('/');
  return rest.length > 1 ? `${name}/${rest[0]}` : name;
}

/** Path of a source file as --room takes it, such as core/theory/bounds.ts. */
function placeOf(file) {
  return file.replace(/^packages\/([^/]+)\/src\//, '$1/');
}

/** Paths of all source files in a package, in one of its folders, or of one file; sorted. */
export function sourceFiles(root, room = '') {
  return readdirSync(join(root, 'packages'))
    .flatMap((name) =>
      readdirSync(join(root, 'packages', name, 'src'), { recursive: true })
        .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
        .map((path) => `packages/${name}/src/${path.replaceAll('\\', '/')}`),
    )
    .filter((file) => `${placeOf(file)}/`.startsWith(room === '' ? '' : `${room}/`))
    .toSorted();
}

/** All mutants of the sources in a room, each with its lines before and after the change. */
export function allMutants(root, room = '') {
  return sourceFiles(root, room).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return mutationPoints(file, text).map((point, index) =>
      Object.assign({ file, point: index }, point, linesOf(text, point)),
    );
  });
}

/**
 * Chooses mutants. Each room gets a number in proportion to its points, at least one; within a room all points are equally
 * likely, but no line is changed twice: an infinite `count` gives one mutant per line. The choice in a line depends on the seed
 * and its text only, so that results of files that do not change stay.
 *
 * @param {string} root folder of the repository.
 * @param {{ count: number, seed: number, room?: string }} options
 */
export function chooseMutants(root, { count, seed, room = '' }) {
  const ranked = inRandomOrder(allMutants(root, room), seed);
  const rooms = new Map();
  for (const point of ranked) {
    const name = roomOf(point.file);
    if (!rooms.has(name)) rooms.set(name, []);
    rooms.get(name).push(point);
  }
  const chosen = new Set();
  for (const points of rooms.values()) {
    const share = Math.max(1, Math.round(count * (points.length / ranked.length)));
    const lines = new Map();
    for (const point of points) {
      const line = `${point.file}:${point.line}`;
      if (!lines.has(line) && lines.size < share) lines.set(line, point);
    }
    for (const point of lines.values()) chosen.add(point);
  }
  return ranked.filter((point) => chosen.has(point)).slice(0, count);
}

/** Mutants in the order of a hash of the seed and their text. Equal ones, in equal lines of a file, are numbered. */
function inRandomOrder(mutants, seed) {
  const numbers = new Map();
  const ranks = new Map();
  for (const mutant of mutants) {
    const key = keyOf(mutant);
    const number = numbers.get(key) ?? 0;
    numbers.set(key, number + 1);
    const hash = createHash('sha256').update(JSON.stringify([seed, number, key]));
    ranks.set(mutant, hash.digest('hex'));
  }
  return mutants.toSorted((a, b) => (ranks.get(a) < ranks.get(b) ? -1 : 1));
}
