import { normalCdf } from '../elementary/normal.ts';

export { normalCdf };

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
