import type { Program } from './program.ts';

/** A diagonal matrix with a rank-one change, d + rho z z^T, d ascending and z without zeros, as addresses and as views. */
export interface RankOneChange {
  readonly rho: number;
  readonly size: number;
  readonly poles: number;
  readonly weights: number;
  readonly d: Float64Array;
  readonly z: Float64Array;
  /** Address of memory for four sums. */
  readonly sums: number;
}

/** Eigenvalues as base + shift, where the base is the nearest pole, so that differences to all poles are accurate. */
export interface SecularRoots {
  readonly bases: Float64Array;
  readonly shifts: Float64Array;
}

/** Bound on iterations, more than any root needs without rounding errors. */
const MOST_STEPS = 400;
/** Number of steps within which the bracket must halve. */
const PATIENCE = 8;

/**
 * The roots of 1 / rho + sum_i z_i^2 / (d_i - x) = 0, one above each pole. Each step solves a model with the two poles around
 * the root, with their own weights or with weights that match the sums and slopes on both sides; a bracket guards the step.
 * Iteration ends when |f| is below its rounding error, which makes the eigenvectors of the roots orthogonal.
 * Sources: Li, LAPACK Working Note 89 (1993); Gu & Eisenstat, SIAM J. Matrix Anal. Appl. 16 (1995), 172-191, 3.1.
 */
export function secularRoots(program: Program, change: RankOneChange): SecularRoots {
  const bases = new Float64Array(change.size);
  const shifts = new Float64Array(change.size);
  for (let j = 0; j < change.size; j++) {
    const { base, shift } = secularRoot(program, change, j);
    bases[j] = base;
    shifts[j] = shift;
  }
  return { bases, shifts };
}

/** Root j. */
// Long because bracket, model and iterate share ten variables that change at every step.
function secularRoot(
  program: Program,
  change: RankOneChange,
  j: number,
): { base: number; shift: number } {
  const { rho, size, d, z, poles, weights, sums } = change;
  if (size === 1) return { base: d[0], shift: rho * z[0] * z[0] };
  const isLast = j === size - 1;
  // The poles of the model: those around the root, or the last two.
  const lower = isLast ? j - 1 : j;
  const upper = lower + 1;
  const there = sums / 8;
  const constant = 1 / rho;
  const evaluate = (base: number, shift: number) => {
    const skipped = 8 * upper;
    program.secularSums(sums, poles, weights, upper, base, shift);
    program.secularSums(sums + 16, poles + skipped, weights + skipped, size - upper, base, shift);
    const { numbers } = program;
    const psi = numbers[there];
    const phi = numbers[there + 2];
    return {
      value: constant + psi + phi,
      psiSlope: numbers[there + 1],
      phiSlope: numbers[there + 3],
      bound: Number.EPSILON * size * (constant + Math.abs(psi) + Math.abs(phi)),
    };
  };

  let base = d[j];
  let low = 0;
  let high: number;
  let shift: number;
  let now: ReturnType<typeof evaluate>;
  if (isLast) {
    let squares = 0;
    for (let i = 0; i < size; i++) squares += z[i] * z[i];
    high = rho * squares;
    shift = high / 2;
    now = evaluate(base, shift);
    if (now.value <= 0) low = shift;
    else high = shift;
  } else {
    const gap = d[upper] - d[lower];
    now = evaluate(base, gap / 2);
    shift = gap / 2;
    if (now.value >= 0) {
      high = gap / 2;
    } else {
      base = d[upper];
      low = -gap / 2;
      high = 0;
      shift = -gap / 2;
      now = evaluate(base, shift);
    }
  }
  let isFixed = !isLast;
  let width = Infinity;
  // The first model keeps the weights of both poles and treats the rest of the sum as constant.
  let isFirst = true;
  for (let step = 0; step < MOST_STEPS; step++) {
    if (Math.abs(now.value) <= now.bound) break;
    if (now.value < 0) low = shift;
    else high = shift;
    const below = d[lower] - base - shift;
    const above = d[upper] - base - shift;
    const slope = now.psiSlope + now.phiSlope;
    const [u, v] = [z[lower] / below, z[upper] / above];
    let c: number;
    let a: number;
    let b: number;
    if (isFirst) {
      c = now.value - z[lower] * u - z[upper] * v;
      a = c * (below + above) + z[lower] * z[lower] + z[upper] * z[upper];
      b = below * above * now.value;
    } else {
      if (!isFixed) c = now.value - below * now.psiSlope - above * now.phiSlope;
      else if (base === d[lower]) c = now.value - above * slope + (above - below) * u * u;
      else c = now.value - below * slope + (below - above) * v * v;
      a = (below + above) * now.value - below * above * slope;
      b = below * above * now.value;
    }
    isFirst = false;
    let move = twoPoleStep(a, b, c, isLast);
    // Newton's step, if the model's step is zero or has the wrong sign.
    if (!(now.value * move < 0)) move = -now.value / slope;
    let next = shift + move;
    // Bisection, if the step leaves the bracket or the bracket has not halved for a while.
    const isStuck = step % PATIENCE === PATIENCE - 1 && high - low > width / 2;
    if (isStuck || !(next > low && next < high)) next = low + (high - low) / 2;
    if (step % PATIENCE === PATIENCE - 1) width = high - low;
    if (next === shift || next === 0) break;
    const before = now.value;
    shift = next;
    now = evaluate(base, shift);
    // If a model approaches too slowly from one side, use the other model.
    const isSlow = before * now.value > 0 && Math.abs(now.value) > Math.abs(before) / 10;
    if (!isLast && isSlow) isFixed = !isFixed;
  }
  return { base, shift };
}

/** The step of the two-pole model: the right root of c x^2 - a x + b. */
function twoPoleStep(a: number, b: number, c: number, isLast: boolean): number {
  if (c === 0) return b / a;
  const root = Math.sqrt(Math.abs(a * a - 4 * b * c));
  if (isLast) return a >= 0 ? (a + root) / (2 * c) : (2 * b) / (a - root);
  return a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root);
}
