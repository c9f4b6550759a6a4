import { cosineOfHalfTurns } from './cosine.ts';

/** A Gauss-Legendre rule on [-1, 1]: the integral of f is approximately sum_k weights[k] f(nodes[k]). */
export interface QuadratureRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The Gauss-Legendre rule with n points, exact for polynomials of degree 2 n - 1. Newton's method finds the nodes.
 *
 * @param n number of points.
 * @returns nodes and weights.
 * @example
 * ```js
 * import { gaussLegendre } from 'polysem/elementary';
 * gaussLegendre(2).nodes; // [0.577350, -0.577350]
 * ```
 */
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
 * The integral of f from a to b by adaptive bisection. An interval is accepted when the sum of its halves agrees with it to
 * 1e-13 relative, or to `negligible` absolute. f is never evaluated at a or b.
 *
 * @param f integrand.
 * @param a lower end.
 * @param b upper end.
 * @param negligible absolute error that is accepted per interval.
 * @returns the integral.
 * @example
 * ```js
 * import { integrate } from 'polysem/elementary';
 * integrate((x) => x * x, 0, 3, 0); // 9
 * ```
 */
export function integrate(
  f: (x: number) => number,
  a: number,
  b: number,
  negligible: number,
): number {
  const refine = (low: number, high: number, whole: number, depth: number): number => {
    const middle = (low + high) / 2;
    const left = panel(f, low, middle);
    const right = panel(f, middle, high);
    const allowed = RELATIVE * (Math.abs(left) + Math.abs(right)) + negligible;
    if (!(Math.abs(left + right - whole) > allowed) || depth === DEEPEST) return left + right;
    return refine(low, middle, left, depth + 1) + refine(middle, high, right, depth + 1);
  };
  return refine(a, b, panel(f, a, b), 0);
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
