/**
 * Inflates a block of Snappy that holds exactly `length` bytes.
 *
 * Source: format_description.txt of Snappy.
 * @throws RangeError if the block is damaged or has another length.
 */
export function inflateSnappy(block: Uint8Array, length: number): Uint8Array {
  let at = 0;
  const number = (bytes: number): number => {
    if (at + bytes > block.length) throw damaged();
    let value = 0;
    for (let i = bytes - 1; i >= 0; i--) value = value * 256 + block[at + i];
    at += bytes;
    return value;
  };
  let claimed = 0;
  for (let scale = 1; ; scale *= 128) {
    const next = number(1);
    claimed += (next & 127) * scale;
    if (next < 128) break;
    if (scale >= 2 ** 28) throw damaged();
  }
  if (claimed !== length) throw new RangeError('a page does not have the length that it claims');
  const out = new Uint8Array(length);
  let done = 0;
  while (at < block.length) {
    const tag = number(1);
    const kind = tag & 3;
    if (kind === 0) {
      // Up to 60 literals are counted in the tag, more in the bytes behind it.
      const count = 1 + (tag >> 2 < 60 ? tag >> 2 : number((tag >> 2) - 59));
      if (count > block.length - at || count > length - done) throw damaged();
      out.set(block.subarray(at, at + count), done);
      at += count;
      done += count;
      continue;
    }
    const count = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    const back = kind === 1 ? ((tag >> 5) << 8) + number(1) : number(kind === 2 ? 2 : 4);
    if (back === 0 || back > done || count > length - done) throw damaged();
    // A copy may overlap itself, so it goes front to back.
    for (const end = done + count; done < end; done++) out[done] = out[done - back];
  }
  if (done !== length) throw damaged();
  return out;
}

function damaged(): RangeError {
  return new RangeError('a block of Snappy is damaged');
}
