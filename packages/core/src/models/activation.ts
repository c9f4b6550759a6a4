/** The name of an activation f. */
export type Activation = 'linear' | 'quadratic' | 'relu' | 'gelu';

/** An activation and its derivative; both written out, since the reference models read like the paper. */
export interface ActivationFunction {
  /** f(x). */
  readonly value: (x: number) => number;
  /** f'(x); at a kink the slope to the left. */
  readonly slope: (x: number) => number;
}

/** Every activation. A new one is an entry here and a row in its test. */
export const activations: Readonly<Record<Activation, ActivationFunction>> = {
  linear: { value: (x) => x, slope: () => 1 },
  quadratic: { value: (x) => x * x, slope: (x) => 2 * x },
  relu: { value: (x) => (x > 0 ? x : 0), slope: (x) => (x > 0 ? 1 : 0) },
  // The exact form x Phi(x) of Hendrycks & Gimpel 2016, not its tanh approximation.
  gelu: {
    value: (x) => x * normalCdf(x),
    slope: (x) => normalCdf(x) + x * Math.exp((-x * x) / 2) * INVERSE_SQRT_2PI,
  },
};

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

/** Beyond this the tail is below 1e-300. */
const FAR = 37;

/**
 * Phi(x), the distribution function of the standard normal, to about 1e-15 relative, tails included: its power series
 * near 0 (Marsaglia 2004), the continued fraction of Mills's ratio further out.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > FAR) return 1;
  if (x < -FAR) return 0;
  const density = Math.exp((-x * x) / 2) * INVERSE_SQRT_2PI;
  const z = Math.abs(x);
  if (z < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 + sum * density;
  }
  let fraction = z;
  for (let k = 120; k >= 1; k--) fraction = z + k / fraction;
  const tail = density / fraction;
  return x > 0 ? 1 - tail : tail;
}
