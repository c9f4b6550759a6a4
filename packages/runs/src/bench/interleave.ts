import { medianOfSorted } from '@polysem/numerics/elementary';
/** Something to time: `time(repeats)` returns the seconds that `repeats` calls take. */
export interface Contender {
  readonly name: string;
  readonly time: (repeats: number) => Promise<number>;
}

/** Seconds per call over `runs` samples. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** Shortest sample in seconds: long compared with the resolution of the clock and with an interrupt. */
const SHORTEST_SAMPLE = 0.05;

/**
 * Times several contenders in turn, so that a slow phase of the machine affects all of them. At least two warm-up calls
 * determine how many repetitions a sample needs; they are not counted.
 *
 * @param contenders what to time.
 * @param runs samples per contender.
 * @param shortest shortest sample in seconds.
 * @returns seconds per call of each contender.
 *
 * @example
 * ```js
 * import { interleave } from '@polysem/runs/bench';
 * const steady = { name: 'steady', time: async (repeats) => repeats * 0.001 };
 * const [{ median }] = await interleave([steady], 3);
 * median; // 0.001000
 * ```
 */
export async function interleave(
  contenders: readonly Contender[],
  runs: number,
  shortest: number = SHORTEST_SAMPLE,
): Promise<(Spread & { readonly name: string })[]> {
  /* oxlint-disable no-await-in-loop -- timed one at a time */
  const repeats: number[] = [];
  for (const { time } of contenders) {
    let count = 1;
    // Twice, because compilation can make a single call long.
    while ((await time(count)) < shortest || (await time(count)) < shortest) count *= 2;
    repeats.push(count);
  }
  const samples = contenders.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    for (const [c, { time }] of contenders.entries()) {
      samples[c].push((await time(repeats[c])) / repeats[c]);
    }
  }
  /* oxlint-enable no-await-in-loop */
  return contenders.map(({ name }, c) => ({ name, ...spread(samples[c]) }));
}

/**
 * Summarises samples.
 *
 * @param samples at least one number.
 * @returns median, minimum, maximum and the number of samples.
 *
 * @example
 * ```js
 * import { spread } from '@polysem/runs/bench';
 * spread([3, 1, 2]); // { median: 2, min: 1, max: 3, runs: 3 }
 * ```
 */
export function spread(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    median: medianOfSorted(sorted),
    min: sorted[0],
    max: sorted[sorted.length - 1],
    runs: sorted.length,
  };
}
