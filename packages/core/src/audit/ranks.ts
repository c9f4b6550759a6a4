/** Bits sorted per pass: few for short lists, where clearing the buckets costs most; more for long lists. */
const FEW = { below: 4096, bits: 8 } as const;
const MANY_BITS = 11;

/** Index of the word that holds the sign of a double: byte order differs between machines. */
const HIGH = new Uint32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0;

/**
 * The indices that sort numbers in ascending order; equal numbers keep their order. O(N): a radix sort on the bits of the
 * doubles.
 *
 * @param values without NaN.
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  const count = values.length;
  const stored = new Uint32Array(2 * count);
  const doubles = new Float64Array(stored.buffer);
  // Adding 0 makes -0 equal to 0.
  for (let i = 0; i < count; i++) doubles[i] = values[i] + 0;
  let high = new Uint32Array(count);
  let low = new Uint32Array(count);
  // Bits in which keys differ: a digit without any needs no pass.
  let differLow = 0;
  let differHigh = 0;
  for (let i = 0; i < count; i++) {
    const top = stored[2 * i + HIGH];
    // Flipping makes negative numbers ascend with their bits, before the positive ones.
    const flip = -(top >>> 31);
    high[i] = top ^ (flip | 0x80000000);
    low[i] = stored[2 * i + 1 - HIGH] ^ flip;
    differHigh |= high[i] ^ high[0];
    differLow |= low[i] ^ low[0];
  }
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let spare = [new Uint32Array(count), new Uint32Array(count), new Uint32Array(count)];
  const bits = count < FEW.below ? FEW.bits : MANY_BITS;
  for (let at = 0; at < 64; at = at < 32 && at + bits >= 32 ? 32 : at + bits) {
    const byHigh = at >= 32;
    const shift = at % 32;
    const mask = (1 << Math.min(bits, 32 - shift)) - 1;
    if ((((byHigh ? differHigh : differLow) >>> shift) & mask) === 0) continue;
    const [nextHigh, nextLow, nextOrder] = spare;
    const keys = byHigh ? high : low;
    const starts = startsOf(keys, shift, mask);
    for (let from = 0; from < count; from++) {
      const to = starts[(keys[from] >>> shift) & mask]++;
      nextHigh[to] = high[from];
      nextLow[to] = low[from];
      nextOrder[to] = order[from];
    }
    spare = [high, low, order];
    [high, low, order] = [nextHigh, nextLow, nextOrder];
  }
  return order;
}

/** The first position of each digit's keys after sorting by it. */
function startsOf(keys: Uint32Array, shift: number, mask: number): Uint32Array {
  const starts = new Uint32Array(mask + 2);
  for (let at = 0; at < keys.length; at++) starts[((keys[at] >>> shift) & mask) + 1]++;
  for (let digit = 0; digit < mask; digit++) starts[digit + 1] += starts[digit];
  return starts;
}

/** The ranks 1 .. N of numbers; equal numbers share the mean of their ranks. O(N). */
export function midRanks(
  values: Float64Array,
  order: Uint32Array = ascendingOrder(values),
): Float64Array {
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && values[order[end]] === values[order[first]]) end++;
    for (let at = first; at < end; at++) ranks[order[at]] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

/** Capacities closer than this count as equal: the accuracy to which they are measured. */
export const SAME_CAPACITY: number = 2 ** -30;

/** Mid-ranks of capacities; those that differ only by rounding share their rank. */
export function capacityRanks(capacity: Float64Array): Float64Array {
  return midRanks(capacity.map((c) => Math.round(c / SAME_CAPACITY)));
}
