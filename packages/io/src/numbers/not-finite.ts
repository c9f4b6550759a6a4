/**
 * Finds the first NaN or infinity; returns -1 if all numbers are finite.
 *
 * Tests exponents as integers, which takes a fraction of a nanosecond per element: NaN and infinity have an exponent of
 * all ones.
 */
export function notFinite(data: Float32Array | Float64Array): number {
  const words = new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  const found = data instanceof Float32Array ? anySingle(words) : anyDouble(words);
  return found ? data.findIndex((value) => !Number.isFinite(value)) : -1;
}

// Adding one to the exponent carries into the sign bit only if the exponent is all ones.

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

/** Index of the half of a double that holds its exponent on this machine. */
const UPPER = new Int32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0;
