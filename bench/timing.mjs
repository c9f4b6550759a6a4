import { performance } from 'node:perf_hooks';

/** One sample lasts at least this many seconds, by repetition: the clock's grain and one interrupt are small beside it. */
const SHORTEST_SAMPLE = 0.05;

/**
 * A contender that calls a function of this process; `repeats` calls give the seconds of all, and `result` is
 * what the last one gave.
 */
export function local(name, call) {
  const contender = {
    name,
    result: undefined,
    async time(repeats) {
      const start = performance.now();
      for (let r = 0; r < repeats; r++) contender.result = call();
      return (performance.now() - start) / 1000;
    },
  };
  return contender;
}

/** A contender that a peer runs: its function, the names of its arrays, and what else it takes. */
export function remote(peer, name, run, args, options = {}) {
  return {
    name: `${name}, ${peer.threads} thread${peer.threads === 1 ? '' : 's'}`,
    async time(repeats) {
      const request = { request: 'run', function: run, args, options, repeats };
      return (await peer.ask(request)).seconds;
    },
  };
}

/**
 * Times contenders in turn, `runs` times each, so that a slow spell of the machine meets all of them; a sample lasts
 * at least `shortest` seconds.
 *
 * Warm-up calls, of which there is at least one, find how many repetitions a sample needs and are not counted.
 * Gives for each contender its name and the median, least and greatest seconds a call.
 */
export async function interleave(contenders, runs, shortest = SHORTEST_SAMPLE) {
  /* oxlint-disable no-await-in-loop -- one at a time is the point */
  const repeats = [];
  for (const { time } of contenders) {
    let count = 1;
    while ((await time(count)) < shortest) count *= 2;
    repeats.push(count);
  }
  const samples = contenders.map(() => []);
  for (let run = 0; run < runs; run++) {
    for (const [c, { time }] of contenders.entries()) {
      samples[c].push((await time(repeats[c])) / repeats[c]);
    }
  }
  /* oxlint-enable no-await-in-loop */
  return contenders.map(({ name }, c) => ({ name, ...spread(samples[c]) }));
}

/** Median, least and greatest of some samples, and how many there are. */
export function spread(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1), runs: sorted.length };
}
