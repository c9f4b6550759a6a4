/** Bytes that some writers, such as fastparquet, append to a page; all are 0. */
const MOST_PADDING = 8;

/** Returns whether the bytes from `end` on are padding. */
export function isPadding(bytes: Uint8Array, end: number): boolean {
  const rest = bytes.subarray(end);
  return rest.length <= MOST_PADDING && rest.every((byte) => byte === 0);
}

/**
 * Decodes values of `width` bits in runs: repeated values, or groups of eight packed values.
 *
 * Source: Encodings.md of Apache Parquet, run length encoding.
 * @param bytes the runs, from their beginning to their end.
 * @param width bits of a value, 1 to 32.
 * @param count number of values.
 * @param limit values must be less.
 * @returns the values.
 * @throws RangeError if runs end too early or too late, have more values than `count`, or a value is too large.
 */
export function decodeRuns(
  bytes: Uint8Array,
  width: number,
  count: number,
  limit: number,
): Uint32Array {
  const values = new Uint32Array(count);
  let at = 0;
  let done = 0;
  const head = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      if (at >= bytes.length) throw new RangeError('runs go on beyond their page');
      const next = bytes[at++];
      value += (next & 127) * scale;
      if (value >= 2 ** 31) throw new RangeError('a run has an impossible length');
      if (next < 128) return value;
    }
  };
  const check = (value: number): number => {
    if (value < limit) return value;
    throw new RangeError(`a value of ${value} exceeds the ${limit} that are possible`);
  };
  while (done < count) {
    const first = head();
    const length = Math.floor(first / 2);
    if (length === 0) throw new RangeError('a run is empty');
    if (first % 2 === 0) {
      if (length > count - done) throw new RangeError('a run has more values than its page');
      const size = Math.ceil(width / 8);
      if (at + size > bytes.length) throw new RangeError('runs go on beyond their page');
      let value = 0;
      for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[at + i];
      values.fill(check(value), done, done + length);
      at += size;
      done += length;
      continue;
    }
    const size = length * width;
    // The last group may be padded.
    const most = Math.min(8 * length, count - done);
    if (at + size > bytes.length) throw new RangeError('runs go on beyond their page');
    unpack(bytes, at, width, values.subarray(done, done + most), check);
    at += size;
    done += most;
  }
  if (!isPadding(bytes, at)) throw new RangeError('a page goes on beyond its runs');
  return values;
}

/** Unpacks values of `width` bits, the lowest bits first. */
function unpack(
  bytes: Uint8Array,
  from: number,
  width: number,
  out: Uint32Array,
  check: (value: number) => number,
): void {
  let bit = 8 * from;
  for (let i = 0; i < out.length; i++, bit += width) {
    const shift = bit & 7;
    let value = 0;
    for (let j = Math.ceil((shift + width) / 8) - 1; j >= 0; j--) {
      value = value * 256 + bytes[(bit >> 3) + j];
    }
    out[i] = check(Math.floor(value / 2 ** shift) % 2 ** width);
  }
}
