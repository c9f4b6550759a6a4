import { viewOf } from '../../bytes/byte-source.ts';

/**
 * Inflates a block of LZ4 that holds exactly `length` bytes.
 *
 * Source: lz4_Block_format.md of LZ4.
 * @throws RangeError if the block is damaged or has another length.
 */
export function inflateLz4(block: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  let done = 0;
  /** Extends a 4-bit length of 15 by the following bytes, up to the first that is not 255. */
  const longer = (four: number): number => {
    let value = four;
    if (four < 15) return value;
    for (let byte = 255; byte === 255; value += byte) {
      if (at >= block.length) damaged();
      byte = block[at++];
    }
    return value;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = longer(token >> 4);
    if (literals > block.length - at || literals > length - done) damaged();
    out.set(block.subarray(at, at + literals), done);
    at += literals;
    done += literals;
    // The last run has only literals.
    if (at === block.length) break;
    // A block that ends within these two bytes leaves the last five bytes of the result missing, which is refused at the end.
    const back = block[at] | (block[at + 1] << 8);
    at += 2;
    const count = 4 + longer(token & 15);
    // The last five bytes are always literals.
    if (back === 0 || back > done || count > length - done - 5) damaged();
    // A match may overlap itself, so it is copied front to back.
    for (const end = done + count; done < end; done++) out[done] = out[done - back];
  }
  if (done !== length) damaged();
  return out;
}

/**
 * Inflates the frames of Hadoop, which the older LZ4 codec of Parquet uses: sizes before and after compression,
 * big-endian, and a block, repeated. Some writers omit the frames.
 */
export function inflateHadoopLz4(page: Uint8Array, length: number): Uint8Array {
  const blocks = hadoopBlocks(page, length);
  if (blocks === null) return inflateLz4(page, length);
  const out = new Uint8Array(length);
  let done = 0;
  for (const { block, size } of blocks) {
    out.set(inflateLz4(block, size), done);
    done += size;
  }
  return out;
}

/** Splits a page into blocks; null if frames do not fill it or do not hold `length` bytes. */
function hadoopBlocks(
  page: Uint8Array,
  length: number,
): { readonly block: Uint8Array; readonly size: number }[] | null {
  const view = viewOf(page);
  const blocks = [];
  let at = 0;
  let total = 0;
  while (at + 8 <= page.length) {
    const size = view.getUint32(at, false);
    const begin = at + 8;
    at = begin + view.getUint32(at + 4, false);
    total += size;
    blocks.push({ block: page.subarray(begin, at), size });
  }
  return at === page.length && total === length ? blocks : null;
}

function damaged(): never {
  throw new RangeError('a block of LZ4 is damaged');
}
