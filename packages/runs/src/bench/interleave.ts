/** Something to be timed: `time(repeats)` gives the seconds of so many calls. */
export interface Contender {
  readonly name: string;
  readonly time: (repeats: number) => Promise<number>;
}

/** Seconds a call over several samples, of which there are `runs`. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** One sample lasts at least so many seconds: the clock's grain and one interrupt are small beside it. */
const SHORTEST_SAMPLE = 0.05;

/**
 * Times contenders in turn, `runs` times each, so that a slow spell of the machine meets all of them; a sample lasts
 * at least `shortest` seconds, by repetition.
 *
 * Warm-up calls, of which there are at least two, find how many repetitions a sample needs and are not counted.
 */
export async function interleave(
  contenders: readonly Contender[],
  runs: number,
  shortest: number = SHORTEST_SAMPLE,
): Promise<(Spread & { readonly name: string })[]> {
  /* oxlint-disable no-await-in-loop -- one at a time is the point */
  const repeats: number[] = [];
  for (const { time } of contenders) {
    let count = 1;
    // Twice, since what is compiled on the way can make one call long.
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

/** Median, least and greatest of some samples, and how many there are. */
export function spread(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1], runs: sorted.length };
}
