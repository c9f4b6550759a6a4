// Random choice of mutants, spread over all rooms.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from './equivalent.mjs';
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
 * likely, but no line is changed twice: an infinite `count` gives one mutant per line.
 *
 * @param {string} root folder of the repository.
 * @param {{ count: number, seed: number, room?: string }} options
 */
export function chooseMutants(root, { count, seed, room = '' }) {
  const next = generator(seed);
  const rooms = new Map();
  for (const mutant of allMutants(root, room)) {
    const name = roomOf(mutant.file);
    if (!rooms.has(name)) rooms.set(name, []);
    rooms.get(name).push(mutant);
  }
  const total = [...rooms.values()].reduce((sum, points) => sum + points.length, 0);
  const chosen = [];
  for (const points of rooms.values()) {
    const share = Math.max(1, Math.round(count * (points.length / total)));
    const lines = new Set();
    for (let left = points.length; left > 0 && lines.size < share; left--) {
      const at = Math.floor(next() * left);
      const [point] = points.splice(at, 1, points[left - 1]);
      points.length = left - 1;
      const line = `${point.file}:${point.line}`;
      if (lines.has(line)) continue;
      lines.add(line);
      chosen.push(point);
    }
  }
  return shuffled(chosen, next).slice(0, count);
}

/** Mixes the rooms, so that a run that is ended early has seen all of them. */
function shuffled(list, next) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

/** Uniform numbers in [0, 1) (mulberry32). */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
