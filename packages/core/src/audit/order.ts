/** Bits of a key that one pass sorts by, and the passes that 64 bits take. */
const DIGIT = 11;
const PASSES = 6;
const BUCKETS = 1 << DIGIT;

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
  const words = new Uint32Array(2 * count);
  const stored = new Uint32Array(Float64Array.from(values, (x) => x + 0).buffer);
  for (let i = 0; i < count; i++) {
    const high = stored[2 * i + HIGH];
    const low = stored[2 * i + 1 - HIGH];
    // Negative numbers descend with their bits, and come before the others.
    const negative = high >>> 31 === 1;
    words[2 * i] = negative ? ~low : low;
    words[2 * i + 1] = negative ? ~high : high ^ 0x80000000;
  }
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let next = new Uint32Array(count);
  for (let pass = 0; pass < PASSES; pass++) {
    if (sortByDigit(words, pass, order, next)) [order, next] = [next, order];
  }
  return order;
}

/** One stable pass; false, with nothing done, if all numbers share the digit. */
function sortByDigit(
  words: Uint32Array,
  pass: number,
  order: Uint32Array,
  next: Uint32Array,
): boolean {
  const starts = new Uint32Array(BUCKETS + 1);
  for (let i = 0; i < order.length; i++) starts[digitOf(words, i, pass) + 1]++;
  if (starts.includes(order.length)) return false;
  for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1] += starts[bucket];
  for (let at = 0; at < order.length; at++) {
    const i = order[at];
    next[starts[digitOf(words, i, pass)]++] = i;
  }
  return true;
}

function digitOf(words: Uint32Array, i: number, pass: number): number {
  const bit = pass * DIGIT;
  if (bit >= 32) return (words[2 * i + 1] >>> (bit - 32)) & (BUCKETS - 1);
  const low = words[2 * i] >>> bit;
  return (bit + DIGIT > 32 ? low | (words[2 * i + 1] << (32 - bit)) : low) & (BUCKETS - 1);
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
