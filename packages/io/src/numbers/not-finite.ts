/**
 * The place of the first NaN or infinity among numbers, or -1.
 *
 * Looks at exponents as integers, a fraction of a nanosecond an element: NaN and infinity have all ones there.
 */
export function notFinite(data: Float32Array | Float64Array): number {
  const words = new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  const found = data instanceof Float32Array ? anySingle(words) : anyDouble(words);
  return found ? data.findIndex((value) => !Number.isFinite(value)) : -1;
}

// An exponent of all ones, and it alone, carries over into the sign when one is added to it.

function anySingle(words: Int32Array): boolean {
  const count = words.length;
  let seen = 0;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    seen |=
      ((words[i] & 0x7f800000) + 0x00800000) |
      ((words[i + 1] & 0x7f800000) + 0x00800000) |
      ((words[i + 2] & 0x7f800000) + 0x00800000) |
      ((words[i + 3] & 0x7f800000) + 0x00800000);
  }
  for (; i < count; i++) seen |= (words[i] & 0x7f800000) + 0x00800000;
  return seen < 0;
}

function anyDouble(words: Int32Array): boolean {
  const count = words.length;
  let seen = 0;
  for (let i = UPPER; i < count; i += 2) seen |= (words[i] & 0x7ff00000) + 0x00100000;
  return seen < 0;
}

/** Which half of a double holds its exponent on this machine. */
const UPPER = new Int32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0;
