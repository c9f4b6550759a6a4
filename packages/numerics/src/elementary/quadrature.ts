import { cosineOfHalfTurns } from './cosine.ts';

/** Gauss and Legendre's rule on [-1, 1]: the integral of f is close to sum_k weights[k] f(nodes[k]). */
export interface QuadratureRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** The rule of n points, exact for polynomials of degree 2 n - 1: roots of the Legendre polynomial by Newton's method. */
export function gaussLegendre(n: number): QuadratureRule {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    let x = cosineOfHalfTurns((k + 0.75) / (n + 0.5));
    let slope = 1;
    for (let round = 0; round < 8; round++) {
      let before = 1;
      let value = x;
      for (let degree = 2; degree <= n; degree++) {
        const next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree;
        before = value;
        value = next;
      }
      slope = (n * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    nodes[k] = x;
    weights[k] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

const POINTS: QuadratureRule = gaussLegendre(16);
const RELATIVE = 1e-13;
const DEEPEST = 30;

/**
 * The integral of f from a to b by adaptive bisection: an interval is done when its halves agree with it to 1e-13
 * relative or to `negligible`. f is never asked at a or b.
 */
export function integrate(
  f: (x: number) => number,
  a: number,
  b: number,
  negligible: number,
): number {
  return refine(f, a, b, panel(f, a, b), negligible, 0);
}

function panel(f: (x: number) => number, a: number, b: number): number {
  const half = (b - a) / 2;
  const middle = (a + b) / 2;
  let sum = 0;
  for (let k = 0; k < POINTS.nodes.length; k++) {
    sum += POINTS.weights[k] * f(middle + half * POINTS.nodes[k]);
  }
  return half * sum;
}

function refine(
  f: (x: number) => number,
  a: number,
  b: number,
  whole: number,
  negligible: number,
  depth: number,
): number {
  const middle = (a + b) / 2;
  const left = panel(f, a, middle);
  const right = panel(f, middle, b);
  const allowed = RELATIVE * (Math.abs(left) + Math.abs(right)) + negligible;
  if (!(Math.abs(left + right - whole) > allowed) || depth === DEEPEST) return left + right;
  return (
    refine(f, a, middle, left, negligible, depth + 1) +
    refine(f, middle, b, right, negligible, depth + 1)
  );
}
