/**
 * The one-to-one assignment of n rows to n columns with the largest sum of scores. Hungarian method by shortest augmenting
 * paths with potentials, O(n^3) (Kuhn 1955; Jonker & Volgenant 1987).
 *
 * @param scores n x n, row-major, finite.
 * @param n number of rows and columns.
 * @returns the column of each row.
 * @throws RangeError if the length is not n^2 or a score is not finite.
 * @example
 * ```js
 * import { bestAssignment } from 'polysem/linalg';
 * bestAssignment(Float64Array.of(1, 2, 2, 4), 2); // [0, 1]
 * ```
 */
export function bestAssignment(scores: Float64Array, n: number): Int32Array {
  if (scores.length !== n * n) {
    throw new RangeError(
      `bestAssignment: expected ${n} x ${n} = ${n * n} scores, got ${scores.length} numbers`,
    );
  }
  const wrong = scores.findIndex((score) => !Number.isFinite(score));
  if (wrong >= 0) {
    throw new RangeError(
      `bestAssignment: entry (${Math.floor(wrong / n)}, ${wrong % n}) is ${scores[wrong]}; every score must be a finite number`,
    );
  }
  // Costs are negative scores. Column n is artificial: the row to be placed starts there.
  const rowPotential = new Float64Array(n);
  const columnPotential = new Float64Array(n + 1);
  const rowOf = new Int32Array(n + 1).fill(-1);
  const previous = new Int32Array(n);
  const slack = new Float64Array(n);
  const visited = new Uint8Array(n + 1);
  for (let row = 0; row < n; row++) {
    slack.fill(Infinity);
    visited.fill(0);
    rowOf[n] = row;
    let column = n;
    while (rowOf[column] !== -1) {
      visited[column] = 1;
      const i = rowOf[column];
      let next = -1;
      let least = Infinity;
      for (let j = 0; j < n; j++) {
        if (visited[j] === 1) continue;
        const reduced = -scores[i * n + j] - rowPotential[i] - columnPotential[j];
        if (reduced < slack[j]) {
          slack[j] = reduced;
          previous[j] = column;
        }
        if (slack[j] < least) {
          least = slack[j];
          next = j;
        }
      }
      for (let j = 0; j <= n; j++) {
        if (visited[j] === 1) {
          rowPotential[rowOf[j]] += least;
          columnPotential[j] -= least;
        } else if (j < n) slack[j] -= least;
      }
      column = next;
    }
    while (column !== n) {
      rowOf[column] = rowOf[previous[column]];
      column = previous[column];
    }
  }
  const columnOf = new Int32Array(n);
  for (let column = 0; column < n; column++) columnOf[rowOf[column]] = column;
  return columnOf;
}
