import { integerBelow, uniform, type Generator } from '@polysem/numerics/random';

/** The number of active features of independent features, and active sets given that number. */
export interface ActiveSetSampler {
  /** P(m features active) for m = 0, 1, .., up to the last m whose probability is not 0 in floating point. */
  readonly counts: Float64Array;
  /** Samples a set of m active features from its law given m; ascending. */
  readonly sample: (g: Generator, m: number) => number[];
}

/** Standard deviations above the mean beyond which a number of active features has probability below 1e-12. */
const LARGEST_DEVIATION = 10;

/** Prepares sampling for N independent features. */
export function activeSetSampler(densities: readonly number[]): ActiveSetSampler {
  const n = densities.length;
  if (densities.every((p) => p === densities[0])) {
    return {
      counts: binomial(n, densities[0]),
      sample: (g, m) => combination(g, n, m),
    };
  }
  const ways = countsFrom(densities);
  return {
    counts: trimmed(ways[0]),
    sample: (g, m) => {
      const set: number[] = [];
      for (let i = 0; i < n && set.length < m; i++) {
        const left = m - set.length;
        const active = densities[i] * ways[i + 1][left - 1];
        if (uniform(g) * ways[i][left] < active) set.push(i);
      }
      return set;
    },
  };
}

/** Element [i][m]: P(m active among features i, i + 1, ..), for i = 0 .. N. */
function countsFrom(densities: readonly number[]): readonly Float64Array[] {
  const n = densities.length;
  const mean = densities.reduce((sum, p) => sum + p, 0);
  const deviations = LARGEST_DEVIATION * Math.sqrt(mean);
  const most = Math.min(n, Math.ceil(mean + deviations + 4 * LARGEST_DEVIATION));
  const ways = Array.from({ length: n + 1 }, () => new Float64Array(most + 1));
  ways[n][0] = 1;
  for (let i = n - 1; i >= 0; i--) {
    const p = densities[i];
    for (let m = 0; m <= Math.min(n - i, most); m++)
      ways[i][m] = (1 - p) * ways[i + 1][m] + (m > 0 ? p * ways[i + 1][m - 1] : 0);
  }
  return ways;
}

/** P(m of n successes) for m = 0 .. n, without zeros at the end. */
function binomial(n: number, p: number): Float64Array {
  const counts = new Float64Array(n + 1);
  // Starts at the mode, so that only negligible probabilities underflow.
  const mode = Math.min(n, Math.floor((n + 1) * p));
  counts[mode] = 1;
  const odds = p / (1 - p);
  for (let m = mode; m < n; m++) counts[m + 1] = (counts[m] * odds * (n - m)) / (m + 1);
  for (let m = mode; m > 0; m--) counts[m - 1] = (counts[m] * m) / (odds * (n - m + 1));
  const sum = counts.reduce((a, b) => a + b, 0);
  return trimmed(counts.map((count) => count / sum));
}

function trimmed(counts: Float64Array): Float64Array {
  let end = counts.length;
  while (end > 1 && counts[end - 1] === 0) end--;
  return counts.subarray(0, end);
}

/** m of n numbers, all sets equally likely (Floyd's method); ascending. */
function combination(g: Generator, n: number, m: number): number[] {
  const set = new Set<number>();
  for (let j = n - m; j < n; j++) {
    const i = integerBelow(g, j + 1);
    set.add(set.has(i) ? j : i);
  }
  return Array.from(Uint32Array.from(set).toSorted());
}
