import { power } from '@polysem/numerics/elementary';

/** A rotation, and its quartimax criterion. */
export interface SparseRotation {
  /** The rotation R, rows x rows, row-major and orthogonal. */
  readonly rotation: Float64Array;
  /** Sum of fourth powers of the entries of R X. */
  readonly fourthPowers: number;
}

/**
 * The last sweep is one that gains less than this fraction of the fourth powers: its angles were below 1e-6, and the
 * remaining angles are of the order of their squares.
 */
const SMALL_GAIN = 1e-12;
/** A plane is not rotated if its fourth powers vary with the angle by less than this fraction, which is rounding. */
const FLAT = 1e-12;

/**
 * Finds a rotation R of the rows of X that locally maximises the sum of fourth powers of R X (quartimax, Neuhaus & Wrigley
 * 1954), by Jacobi rotations of two rows, each by its best angle. O(rows^2 columns) per sweep.
 *
 * For entries x, y of two rows with polar angle phi and radius r, x^4 + y^4 = r^4 (3 + cos 4 phi) / 4, so the best angle is a
 * quarter of the argument of sum r^4 exp(4 i phi).
 *
 * If X is a tight frame, X X^T = gamma I, the rows of R X have squared length gamma for every R, and the sum is
 * gamma^2 sum_a 1 / PR_a with PR_a the participation ratio of row a: the maximum has the fewest features per neuron, in the
 * harmonic mean.
 *
 * @param x rows x columns, row-major; not modified.
 * @param start first rotation, rows x rows, orthogonal.
 * @param sweeps most sweeps over all pairs of rows.
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
  for (const entry of x) fourthPowers += power(entry, 4);
  return fourthPowers;
}

/** The best angle for two rows, and its gain in fourth powers: half the modulus of the sum times sin^2(2 angle). */
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

/** Rotates two rows by minus an angle, so that a vector at that angle is mapped to the first axis. */
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

/** Product of a rows x rows matrix and a rows x columns matrix, both row-major. */
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
 * Builds an orthonormal basis, rows x rows, from the columns of X by Gram-Schmidt with pivoting: first the column `first`, if
 * given, then always the column with the longest component orthogonal to the axes so far. Once the columns are exhausted,
 * coordinate axes are used.
 */
export function pivotedBasis(
  x: Float64Array,
  rows: number,
  columns: number,
  first: number | null = null,
): Float64Array {
  // The columns of X as rows, followed by the unit vectors.
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
    // Orthogonalised twice: the remainder of a column has rounding errors of the size of the whole column.
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

/** Subtracts from a row of `x` its component along a unit row of `axes`. */
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
