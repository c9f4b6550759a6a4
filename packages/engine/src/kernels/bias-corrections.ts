import { power } from '@polysem/numerics/elementary';

/** Adam's decay rates, and consecutive steps. */
interface CorrectedSteps {
  readonly beta1: number;
  readonly beta2: number;
  readonly first: number;
  readonly count: number;
}

let last: { readonly key: string; readonly corrections: Float64Array } | null = null;

/**
 * Adam's two bias corrections 1 / (1 - beta^t) of consecutive steps. Those of the last call are kept, because the instances of a
 * sweep take the same steps one after the other.
 */
export function biasCorrections({ beta1, beta2, first, count }: CorrectedSteps): Float64Array {
  const key = [beta1, beta2, first, count].join(' ');
  if (last?.key === key) return last.corrections;
  const corrections = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    corrections[2 * k] = 1 / (1 - power(beta1, first + k + 1));
    corrections[2 * k + 1] = 1 / (1 - power(beta2, first + k + 1));
  }
  last = { key, corrections };
  return corrections;
}
