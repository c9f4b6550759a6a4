// Lines and branches of sources from a coverage report in Istanbul's JSON.
import { relative } from 'node:path';
import { roomOf } from '../mutate/choose.mjs';

/**
 * Counts lines and branches of each file. A line counts if a statement begins on it, and is covered if one of these ran; a
 * branch is one way out of an `if`, `?:`, `&&`, `||`, `??`, `switch` or default value.
 *
 * @param {Record<string, object>} report `coverage-final.json`.
 * @param {string} root folder of the repository.
 */
export function fileCounts(report, root) {
  return Object.values(report)
    .map(({ path, statementMap, s, branchMap, b }) => {
      const hits = new Map();
      for (const [id, { start }] of Object.entries(statementMap))
        hits.set(start.line, Math.max(hits.get(start.line) ?? 0, s[id]));
      const lines = [...hits.keys()].toSorted((a, b) => a - b);
      const ways = Object.entries(b).flatMap(([id, counts]) =>
        counts.map((hits, way) => ({ hits, line: lineOfWay(branchMap[id], way) })),
      );
      const missing = ways.filter(({ hits }) => hits === 0).map(({ line }) => line);
      return {
        file: relative(root, path).replaceAll('\\', '/'),
        lines: share(lines.length, lines.filter((line) => hits.get(line) > 0).length),
        branches: share(ways.length, ways.length - missing.length),
        uncoveredLines: lines.filter((line) => hits.get(line) === 0),
        uncoveredBranches: [...new Set(missing)].toSorted((a, b) => a - b),
      };
    })
    .toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

/** Line of one way of a branch. An `else` that is not written has no place of its own. */
function lineOfWay({ loc, locations }, way) {
  return locations[way]?.start?.line ?? loc.start.line;
}

function share(total, covered) {
  return { total, covered };
}

/** True if a source file lies in one of the rooms, which are packages or folders of packages. */
export function isIn(file, rooms) {
  return rooms.some((room) => `${roomOf(file)}/`.startsWith(`${room}/`));
}

/**
 * Sums over folders, then over packages, then over all files.
 *
 * @param {readonly { file: string, lines: object, branches: object }[]} files counts of files.
 * @param {readonly string[]} whole packages that get a sum.
 */
export function roomCounts(files, whole) {
  const rooms = new Map();
  for (const { file, lines, branches } of files) {
    const room = roomOf(file);
    const [name] = room.split('/');
    for (const sum of new Set([room, ...(whole.includes(name) ? [name] : []), 'all'])) {
      const before = rooms.get(sum) ?? { lines: share(0, 0), branches: share(0, 0) };
      rooms.set(sum, {
        lines: plus(before.lines, lines),
        branches: plus(before.branches, branches),
      });
    }
  }
  const rank = (room) => (room === 'all' ? 2 : room.includes('/') ? 0 : 1);
  return [...rooms]
    .map(([room, counts]) => ({ room, ...counts }))
    .toSorted((a, b) => rank(a.room) - rank(b.room) || (a.room < b.room ? -1 : 1));
}

function plus(a, b) {
  return share(a.total + b.total, a.covered + b.covered);
}

/** Covered share in percent; 100 where there is nothing to cover. */
export function percent({ total, covered }) {
  return total === 0 ? 100 : (100 * covered) / total;
}
