// Coverage as text.
import { aligned } from '../mutate/aligned.mjs';
import { percent } from './counts.mjs';

/** The table of rooms, packages and all files. */
export function table(rooms) {
  const rows = rooms.map(({ room, lines, branches }) =>
    [room].concat([lines, branches].flatMap((one) => [share(one), `${one.covered}/${one.total}`])),
  );
  return aligned([['room', 'lines', '', 'branches', ''], ...rows]);
}

/** Rounded down, so that only complete coverage reads 100 %. */
function share(counts) {
  return `${(Math.floor(100 * percent(counts)) / 100).toFixed(2)} %`;
}

/** A file with its uncovered lines, and the lines of its uncovered branches; null if everything is covered. */
export function lineOf({ file, uncoveredLines, uncoveredBranches }) {
  const parts = [
    uncoveredLines.length > 0 && `lines ${ranges(uncoveredLines)}`,
    uncoveredBranches.length > 0 && `branches in ${ranges(uncoveredBranches)}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? null : `${file}: ${parts.join('; ')}`;
}

/** Ascending numbers as ranges: 3, 5-7. */
function ranges(numbers) {
  const runs = [];
  for (const n of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && n === last[1] + 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
