/** Passes that take tight columns from other rows before shortest paths are searched; more gain little. */
const REDUCTIONS = 2;

/**
 * The one-to-one assignment of rows to columns with the largest sum of scores. Hungarian method by shortest augmenting paths
 * with potentials (Kuhn 1955), begun by augmenting row reduction (Jonker & Volgenant 1987). O(rows^2 columns) at worst.
 *
 * @param scores rows x columns, row-major, finite.
 * @param rows number of rows.
 * @param columns number of columns, at least that of rows; default: as many.
 * @param onProgress called with the number of shortest paths that were found, and of all.
 * @returns the column of each row.
 * @throws RangeError if the length is not rows x columns, there are more rows than columns, or a score is not finite.
 * @example
 * ```js
 * import { bestAssignment } from 'polysem/linalg';
 * bestAssignment(Float64Array.of(1, 2, 2, 4), 2); // [0, 1]
 * bestAssignment(Float64Array.of(1, 3, 2), 1, 3); // [1]
 * ```
 */
export function bestAssignment(
  scores: Float64Array | Float32Array,
  rows: number,
  columns: number = rows,
  onProgress?: (done: number, total: number) => void,
): Int32Array {
  checkScores(scores, rows, columns);
  // Costs are negative scores. Potentials of columns never exceed 0, and are 0 for columns without a row.
  const state: State = {
    scores,
    columns,
    potential: new Float64Array(columns),
    rowOf: new Int32Array(columns).fill(-1),
    columnOf: new Int32Array(rows).fill(-1),
  };
  let waiting = Array.from({ length: rows }, (_, row) => row);
  for (let pass = 0; pass < REDUCTIONS; pass++) waiting = reduceRows(state, waiting);
  const search = {
    previous: new Int32Array(columns),
    distance: new Float64Array(columns),
    visited: new Uint8Array(columns),
    settled: new Int32Array(columns),
  };
  waiting.forEach((row, k) => {
    onProgress?.(k, waiting.length);
    augment(state, row, search);
  });
  return state.columnOf;
}

/** Scores, the potential of each column, and the assignment so far; -1 for a row or column without a partner. */
interface State {
  readonly scores: Float64Array | Float32Array;
  readonly columns: number;
  readonly potential: Float64Array;
  readonly rowOf: Int32Array;
  readonly columnOf: Int32Array;
}

/**
 * Gives each waiting row its cheapest column and lowers the potential of that column until the second cheapest costs as much.
 * Returns the rows that are without a column afterwards.
 */
function reduceRows(state: State, waiting: readonly number[]): number[] {
  const { scores, columns, potential, rowOf, columnOf } = state;
  const left: number[] = [];
  const queue = waiting.toReversed();
  // Rows that take columns from each other by tiny steps could do so for long.
  let turns = 4 * waiting.length;
  while (queue.length > 0) {
    const row = queue.pop() as number;
    if (turns-- <= 0) {
      left.push(row);
      continue;
    }
    let first = -1;
    let second = -1;
    let least = Infinity;
    let next = Infinity;
    for (let j = 0, at = row * columns; j < columns; j++, at++) {
      const cost = -scores[at] - potential[j];
      if (cost >= next) continue;
      if (cost < least) {
        second = first;
        next = least;
        first = j;
        least = cost;
      } else {
        second = j;
        next = cost;
      }
    }
    const isTie = !(least < next);
    // An equally cheap column may be free.
    if (isTie && rowOf[first] >= 0 && second >= 0) first = second;
    const other = rowOf[first];
    if (other >= 0 && isTie) {
      left.push(row);
      continue;
    }
    // With one column there is no second.
    if (next < Infinity) potential[first] -= next - least;
    rowOf[first] = row;
    columnOf[row] = first;
    if (other >= 0) {
      columnOf[other] = -1;
      queue.push(other);
    }
  }
  return left;
}

/** Working memory of {@link augment}. */
interface Search {
  readonly previous: Int32Array;
  readonly distance: Float64Array;
  readonly visited: Uint8Array;
  readonly settled: Int32Array;
}

/** Places a row along the shortest path, by reduced costs, that ends in a free column (Dijkstra). */
function augment(state: State, row: number, search: Search): void {
  const { scores, columns, potential, rowOf, columnOf } = state;
  const { previous, distance, visited, settled } = search;
  visited.fill(0);
  for (let j = 0, at = row * columns; j < columns; j++, at++) {
    distance[j] = -scores[at] - potential[j];
    previous[j] = row;
  }
  let count = 0;
  let column = nearest(distance, visited, rowOf);
  while (rowOf[column] >= 0) {
    const reached = distance[column];
    visited[column] = 1;
    settled[count++] = column;
    const other = rowOf[column];
    const offset = other * columns;
    const own = -scores[offset + column] - potential[column] - reached;
    for (let j = 0; j < columns; j++) {
      if (visited[j] === 1) continue;
      const through = -scores[offset + j] - potential[j] - own;
      if (through < distance[j]) {
        distance[j] = through;
        previous[j] = other;
      }
    }
    column = nearest(distance, visited, rowOf);
  }
  const length = distance[column];
  for (let k = 0; k < count; k++) potential[settled[k]] += distance[settled[k]] - length;
  for (let taken = -1; taken !== row;) {
    taken = previous[column];
    rowOf[column] = taken;
    const freed = columnOf[taken];
    columnOf[taken] = column;
    column = freed;
  }
}

/** The unvisited column at the least distance; of equally near ones, a free one. */
function nearest(distance: Float64Array, visited: Uint8Array, rowOf: Int32Array): number {
  let found = -1;
  let least = Infinity;
  for (let j = 0; j < distance.length; j++) {
    if (visited[j] === 1 || distance[j] > least) continue;
    if (distance[j] === least && (found < 0 || rowOf[found] < 0 || rowOf[j] >= 0)) continue;
    least = distance[j];
    found = j;
  }
  return found;
}

function checkScores(scores: Float64Array | Float32Array, rows: number, columns: number): void {
  if (rows > columns) {
    throw new RangeError(
      `bestAssignment: ${rows} rows need as many columns, got ${columns}; transpose the scores`,
    );
  }
  if (scores.length !== rows * columns) {
    throw new RangeError(
      `bestAssignment: expected ${rows} x ${columns} = ${rows * columns} scores, got ${scores.length} numbers`,
    );
  }
  const wrong = scores.findIndex((score) => !Number.isFinite(score));
  if (wrong >= 0) {
    throw new RangeError(
      `bestAssignment: entry (${Math.floor(wrong / columns)}, ${wrong % columns}) is ${scores[wrong]}; every score must be a finite number`,
    );
  }
}
