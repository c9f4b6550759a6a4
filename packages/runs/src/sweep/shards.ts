import type { SweepPlan } from './plan.ts';

/**
 * Divides the cells of a plan into shards of about equal estimated time: the longest cell first, each to the shard with the
 * least so far. Depends on the plan alone, so that processes which know nothing of each other agree.
 *
 * @param plan the plan.
 * @param count number of shards.
 * @returns the shard of each cell, from 0.
 * @throws RangeError if the number is not from 1 to 65536.
 *
 * @example
 * ```js
 * import { planSweep, shardsOf } from 'polysem/sweep';
 * const parameters = { importance: [4, 2, 1], kurtosis: 9, dims: 2 };
 * const plan = planSweep({ compute: 'allocate', parameters, seeds: 4 });
 * Array.from(shardsOf(plan, 2)); // [0, 1, 0, 1]
 * ```
 */
export function shardsOf(
  { size, seconds }: Pick<SweepPlan, 'size' | 'seconds'>,
  count: number,
): Uint16Array {
  if (!Number.isInteger(count) || count < 1 || count > 2 ** 16)
    throw new RangeError(`shards: must be an integer from 1 to 65536, got ${count}`);
  const times = Float64Array.from({ length: size }, (_, index) => seconds(index));
  const longestFirst = Uint32Array.from({ length: size }, (_, index) => index).toSorted(
    (a, b) => times[b] - times[a] || a - b,
  );
  const shards = new Uint16Array(size);
  const heap = loads(count);
  for (const index of longestFirst) {
    shards[index] = heap.least();
    heap.addToLeast(times[index]);
  }
  return shards;
}

/** Loads of shards as a binary heap: the least is at its root, and of equal loads the lowest shard. */
function loads(count: number): { least: () => number; addToLeast: (load: number) => void } {
  const shards = Uint32Array.from({ length: count }, (_, shard) => shard);
  const sums = new Float64Array(count);
  const isBefore = (a: number, b: number): boolean =>
    sums[shards[a]] < sums[shards[b]] ||
    (sums[shards[a]] === sums[shards[b]] && shards[a] < shards[b]);
  return {
    least: () => shards[0],
    addToLeast: (load) => {
      sums[shards[0]] += load;
      for (let at = 0; ;) {
        let next = at;
        for (const child of [2 * at + 1, 2 * at + 2])
          if (child < count && isBefore(child, next)) next = child;
        if (next === at) return;
        [shards[at], shards[next]] = [shards[next], shards[at]];
        at = next;
      }
    },
  };
}
