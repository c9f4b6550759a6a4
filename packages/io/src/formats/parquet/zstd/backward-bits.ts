/** Reads bits from the end of some bytes to their beginning, as the bit streams of zstd are written. */
export interface BackwardBits {
  /** Reads `count` bits, at most 31. @throws RangeError beyond the beginning. */
  readonly read: (count: number) => number;
  /** The next `count` bits, at most 16, without reading them; bits beyond the beginning are 0. */
  readonly peek: (count: number) => number;
  /** Skips bits. They may lie beyond the beginning, which `left` shows. */
  readonly skip: (count: number) => void;
  /** Bits left; negative if more were skipped than there are. */
  readonly left: () => number;
}

/**
 * Opens a bit stream. Its last byte ends in a 1 and zeros, which mark the end.
 *
 * @throws RangeError if there is no such mark.
 */
export function backwardBits(bytes: Uint8Array): BackwardBits {
  const last = bytes.at(-1) ?? 0;
  if (last === 0) throw new RangeError('a bit stream of zstd has no end');
  let at = 8 * bytes.length - 8 + (31 - Math.clz32(last));

  /** The `count` bits from bit `from`. */
  const bitsAt = (from: number, count: number): number => {
    const byte = Math.floor(from / 8);
    const shift = from - 8 * byte;
    let value = 0;
    for (let i = Math.ceil((shift + count) / 8) - 1; i >= 0; i--) {
      value = value * 256 + (bytes[byte + i] ?? 0);
    }
    return Math.floor(value / 2 ** shift) % 2 ** count;
  };
  /** The same for at most 16 bits, faster; `from` may lie before the beginning. */
  const shortAt = (from: number, count: number): number => {
    const byte = from >> 3;
    const three =
      (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16);
    return (three >> (from & 7)) & ((1 << count) - 1);
  };
  return {
    read: (count) => {
      at -= count;
      if (at < 0) throw new RangeError('a bit stream of zstd ends too early');
      return count <= 16 ? shortAt(at, count) : bitsAt(at, count);
    },
    peek: (count) => shortAt(at - count, count),
    skip: (count) => {
      at -= count;
    },
    left: () => at,
  };
}
