// Mutation points that ran, from V8's coverage.

/**
 * Indices of the points that ran.
 *
 * @param {readonly { ranges: readonly { startOffset: number, endOffset: number, count: number }[] }[]} functions
 * @param {readonly (readonly number[])[]} points offsets of each point; it ran if the code at one of them did.
 * @returns {number[]}
 */
export function executed(functions, points) {
  const ranges = functions
    .flatMap((one) => one.ranges)
    .toSorted((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  // The count of every stretch between two borders, by the innermost range.
  const borders = [];
  const counts = [];
  const open = [];
  const mark = (at) => {
    borders.push(at);
    counts.push(open.at(-1)?.count ?? 0);
  };
  const closeUntil = (at) => {
    while (open.length > 0 && open.at(-1).endOffset <= at) mark(open.pop().endOffset);
  };
  for (const range of ranges) {
    closeUntil(range.startOffset);
    open.push(range);
    mark(range.startOffset);
  }
  closeUntil(Infinity);
  return points.flatMap((offsets, point) =>
    offsets.some((at) => counts[lastAtMost(borders, at)] > 0) ? [point] : [],
  );
}

/** Index of the last number that is at most `value`, or -1. */
function lastAtMost(ascending, value) {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Offsets whose execution means that of a point: its start, and for an operator its left operand, which runs before it. */
export function offsetsOf(text, { kind, start }) {
  if (kind !== 'operator') return [start];
  let before = start - 1;
  while (before > 0 && /\s/.test(text[before])) before--;
  return [before, start];
}

/** Sets of points per file as text: one bit per point, in base 64. Files without points are left out. */
export function packed(covered) {
  const out = {};
  for (const [file, points] of covered) {
    if (points.size === 0) continue;
    const bytes = Buffer.alloc((Math.max(...points) >> 3) + 1);
    for (const point of points) bytes[point >> 3] |= 1 << (point & 7);
    out[file] = bytes.toString('base64');
  }
  return out;
}

/** True if a packed set holds a point. */
export function holds(text, point) {
  const bytes = Buffer.from(text, 'base64');
  return point >> 3 < bytes.length && (bytes[point >> 3] & (1 << (point & 7))) !== 0;
}
