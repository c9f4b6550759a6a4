/** The parts of a 64-bit key that one pass each sorts by: which word, from which bit, how many bits. */
const DIGITS = [
  { high: false, shift: 0, bits: 11 },
  { high: false, shift: 11, bits: 11 },
  { high: false, shift: 22, bits: 10 },
  { high: true, shift: 0, bits: 11 },
  { high: true, shift: 11, bits: 11 },
  { high: true, shift: 22, bits: 10 },
] as const;

/** Which of the two words of a double holds its sign: engines differ in the order of bytes. */
const HIGH = new Uint32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0;

/**
 * The order that sorts numbers ascending: the places of the least, the next, and so on; equal numbers keep their order.
 * O(N), by least significant digits of the bits of the doubles, which for numbers of one sign ascend with them.
 *
 * @param values none of them NaN.
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  const count = values.length;
  const stored = new Uint32Array(2 * count);
  const doubles = new Float64Array(stored.buffer);
  // Adding 0 makes -0 equal to 0.
  for (let i = 0; i < count; i++) doubles[i] = values[i] + 0;
  let high = new Uint32Array(count);
  let low = new Uint32Array(count);
  // Bits in which keys differ: digits without any need no pass.
  let differLow = 0;
  let differHigh = 0;
  for (let i = 0; i < count; i++) {
    const top = stored[2 * i + HIGH];
    // Negative numbers descend with their bits, and come before the others.
    const flip = -(top >>> 31);
    high[i] = top ^ (flip | 0x80000000);
    low[i] = stored[2 * i + 1 - HIGH] ^ flip;
    differHigh |= high[i] ^ high[0];
    differLow |= low[i] ^ low[0];
  }
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let spare = [new Uint32Array(count), new Uint32Array(count), new Uint32Array(count)];
  for (const digit of DIGITS) {
    const mask = (1 << digit.bits) - 1;
    if ((((digit.high ? differHigh : differLow) >>> digit.shift) & mask) === 0) continue;
    const [nextHigh, nextLow, nextOrder] = spare;
    const starts = startsOf(digit.high ? high : low, digit.shift, mask);
    const keys = digit.high ? high : low;
    for (let at = 0; at < count; at++) {
      const to = starts[(keys[at] >>> digit.shift) & mask]++;
      nextHigh[to] = high[at];
      nextLow[to] = low[at];
      nextOrder[to] = order[at];
    }
    spare = [high, low, order];
    [high, low, order] = [nextHigh, nextLow, nextOrder];
  }
  return order;
}

/** Where the keys of each digit begin, once sorted by it. */
function startsOf(keys: Uint32Array, shift: number, mask: number): Uint32Array {
  const starts = new Uint32Array(mask + 2);
  for (let at = 0; at < keys.length; at++) starts[((keys[at] >>> shift) & mask) + 1]++;
  for (let digit = 0; digit < mask; digit++) starts[digit + 1] += starts[digit];
  return starts;
}

/** The ranks 1 .. N of numbers, equal ones sharing the mean of their ranks. O(N). */
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
