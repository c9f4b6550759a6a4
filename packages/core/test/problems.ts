import fc from 'fast-check';
import { featureLoss } from '../src/theory/quadratic.ts';

/** Importances over two and a half decades. */
export const anyImportance = fc.double({ min: 0.05, max: 20, noNaN: true });
/** Below, at, just around and above 3, and at the lower limit 1. */
export const anyKurtosis = fc.oneof(
  fc.double({ min: 1, max: 3, noNaN: true }),
  fc.double({ min: 3, max: 40, noNaN: true }),
  fc.constantFrom(1, 3, 3 - 1e-9, 3 + 1e-9, 2.9, 3.1),
);

/** Allocation problems of up to `most` features, with one kurtosis per feature. */
export function problems(kurtosis: fc.Arbitrary<number>, most: number, importance = anyImportance) {
  return fc.integer({ min: 1, max: most }).chain((features) =>
    fc.record({
      importance: fc.array(importance, { minLength: features, maxLength: features }),
      kurtosis: fc.array(kurtosis, { minLength: features, maxLength: features }),
      dims: fc.integer({ min: 1, max: features }),
    }),
  );
}

/** Loss of the best allocation in multiples of 1 / steps, by dynamic programming. */
export function bestOnGrid(
  importance: number[],
  kurtosis: number[],
  dims: number,
  steps: number,
): number {
  let best = new Float64Array(dims * steps + 1).fill(Infinity);
  best[0] = 0;
  importance.forEach((v, i) => {
    const next = new Float64Array(best.length).fill(Infinity);
    for (let used = 0; used < best.length; used++) {
      if (best[used] === Infinity) continue;
      for (let own = 0; own <= steps && used + own < best.length; own++) {
        const total = best[used] + featureLoss(v, kurtosis[i], own / steps);
        if (total < next[used + own]) next[used + own] = total;
      }
    }
    best = next;
  });
  return best[dims * steps];
}
