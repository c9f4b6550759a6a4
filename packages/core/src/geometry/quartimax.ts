/** Rows that were turned, and by what. */
export interface SparseRotation {
  /** The rotation R, rows x rows, row-major and orthogonal. */
  readonly rotation: Float64Array;
  /** Sum of fourth powers of the entries of R X. */
  readonly fourthPowers: number;
}

/**
 * Sweeps end once one gains less than this fraction of the fourth powers: its angles were then below 1e-6, and what is
 * left to turn is of the order of their squares.
 */
const SMALL_GAIN = 1e-12;
/** A plane whose fourth powers change with the angle by less than this fraction of them is flat but for rounding. */
const FLAT = 1e-12;

/**
 * The rotation R of the rows of X for which the sum of fourth powers of R X is largest (quartimax, Neuhaus & Wrigley
 * 1954), from a given start: Jacobi rotations of two rows, each by its best angle, until none is left to make. Finds a
 * local maximum; O(rows^2 columns) a sweep.
 *
 * For entries x, y of two rows with polar angle phi and radius r, x^4 + y^4 = r^4 (3 + cos 4 phi) / 4, so the best
 * angle is a quarter of that of sum r^4 exp(4 i phi).
 *
 * Where X is a tight frame, X X^T = gamma I, every rotation of it has rows of squared length gamma, and the sum is
 * gamma^2 sum_a 1 / PR_a with PR_a the participation ratio of row a: the largest sum is the fewest features per neuron, in
 * the harmonic mean.
 *
 * @param x rows x columns, row-major; left as it is.
 * @param start rows x rows, orthogonal.
 * @param sweeps at most so many.
 */
export function quartimax(
  x: Float64Array,
  rows: number,
  columns: number,
  start: Float64Array,
  sweeps = 100,
): SparseRotation {
  const rotation = start.slice();
  const turned = product(start, x, rows, columns);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let gain = 0;
    for (let p = 0; p < rows; p++) {
      for (let q = p + 1; q < rows; q++) {
        const best = bestTurn(turned, p * columns, q * columns, columns);
        if (best.angle === 0) continue;
        rotateRows(turned, p * columns, q * columns, columns, best.angle);
        rotateRows(rotation, p * rows, q * rows, rows, best.angle);
        gain += best.gain;
      }
    }
    if (gain <= SMALL_GAIN * sumOfFourthPowers(turned)) break;
  }
  return { rotation, fourthPowers: sumOfFourthPowers(turned) };
}

function sumOfFourthPowers(x: Float64Array): number {
  let fourthPowers = 0;
  for (const entry of x) fourthPowers += entry ** 4;
  return fourthPowers;
}

/** The angle by which two rows gain most fourth powers, and how much: half the length of the sum times sin^2 2 angle. */
function bestTurn(
  x: Float64Array,
  p: number,
  q: number,
  columns: number,
): { angle: number; gain: number } {
  let real = 0;
  let imaginary = 0;
  let size = 0;
  for (let j = 0; j < columns; j++) {
    const a = x[p + j];
    const b = x[q + j];
    const u = a * a - b * b;
    const v = 2 * a * b;
    real += u * u - v * v;
    imaginary += 2 * u * v;
    size += u * u + v * v;
  }
  const length = Math.hypot(real, imaginary);
  if (length <= FLAT * size) return { angle: 0, gain: 0 };
  const angle = Math.atan2(imaginary, real) / 4;
  return { angle, gain: (length * Math.sin(2 * angle) ** 2) / 2 };
}

/** Turns the plane of two rows back by an angle, so that what stood at that angle comes to lie on the first. */
function rotateRows(x: Float64Array, p: number, q: number, columns: number, angle: number): void {
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  for (let j = 0; j < columns; j++) {
    const a = x[p + j];
    const b = x[q + j];
    x[p + j] = cosine * a + sine * b;
    x[q + j] = cosine * b - sine * a;
  }
}

/** The product of a rows x rows matrix with a rows x columns one, both row-major. */
export function product(
  left: Float64Array,
  right: Float64Array,
  rows: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < rows; k++) {
      const factor = left[r * rows + k];
      if (factor === 0) continue;
      for (let j = 0; j < columns; j++) out[r * columns + j] += factor * right[k * columns + j];
    }
  }
  return out;
}

/**
 * An orthonormal basis, rows x rows, whose axes are columns of X made orthogonal to the axes before: first the column
 * asked for, then always the one that is longest in what is left (Gram-Schmidt with pivoting). Where nothing is left, axes
 * of the space take the place of columns.
 */
export function pivotedBasis(
  x: Float64Array,
  rows: number,
  columns: number,
  first: number | null = null,
): Float64Array {
  // Columns become rows, with the unit vectors behind them.
  const rest = new Float64Array((columns + rows) * rows);
  for (let j = 0; j < columns; j++)
    for (let r = 0; r < rows; r++) rest[j * rows + r] = x[r * columns + j];
  for (let r = 0; r < rows; r++) rest[(columns + r) * rows + r] = 1;
  const lengths = Float64Array.from({ length: columns + rows }, (_, j) =>
    squaredLength(rest, j, rows),
  );
  const negligible = 1e-20 * lengths.subarray(0, columns).reduce((a, b) => Math.max(a, b), 0);
  const basis = new Float64Array(rows * rows);
  for (let k = 0; k < rows; k++) {
    let pivot =
      k === 0 && first !== null && lengths[first] > negligible
        ? first
        : longest(lengths, 0, columns);
    if (pivot < 0 || lengths[pivot] <= negligible)
      pivot = longest(lengths, columns, columns + rows);
    const axis = basis.subarray(k * rows, (k + 1) * rows);
    axis.set(rest.subarray(pivot * rows, (pivot + 1) * rows));
    // Once more against the axes before: what is left of a column carries the rounding of all of it.
    for (let before = 0; before < k; before++) removeAlong(basis, k, basis, before, rows);
    const norm = Math.sqrt(squaredLength(basis, k, rows));
    for (let r = 0; r < rows; r++) axis[r] /= norm;
    for (let j = 0; j < columns + rows; j++) {
      removeAlong(rest, j, basis, k, rows);
      lengths[j] = squaredLength(rest, j, rows);
    }
    lengths[pivot] = 0;
  }
  return basis;
}

function longest(lengths: Float64Array, from: number, end: number): number {
  let best = -1;
  for (let j = from; j < end; j++) if (best < 0 || lengths[j] > lengths[best]) best = j;
  return best;
}

function squaredLength(x: Float64Array, row: number, length: number): number {
  let sum = 0;
  for (let d = row * length; d < (row + 1) * length; d++) sum += x[d] * x[d];
  return sum;
}

/** Removes from a row of `x` its part along a unit row of `axes`. */
function removeAlong(
  x: Float64Array,
  row: number,
  axes: Float64Array,
  axis: number,
  length: number,
): void {
  let dot = 0;
  for (let d = 0; d < length; d++) dot += x[row * length + d] * axes[axis * length + d];
  for (let d = 0; d < length; d++) x[row * length + d] -= dot * axes[axis * length + d];
}
