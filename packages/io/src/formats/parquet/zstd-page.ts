import { Decompress } from 'fzstd';
import { viewOf } from '../../bytes/byte-source.ts';

/** The first four bytes of a frame. */
const MAGIC = 0xfd2fb528;
const RLE = 1;

/**
 * Inflates one frame of Zstandard that holds exactly `length` bytes. A checksum is ignored.
 *
 * fzstd 0.1.1 allocates the window and size that the header of a frame claims, up to 2 GB. Therefore the header is
 * checked first, and a window larger than the frame is reduced: no match reaches further back.
 *
 * Source: RFC 8878, section 3.1.1.
 * @throws RangeError if the frame is damaged or has another length.
 */
export function inflateZstd(page: Uint8Array, length: number): Uint8Array {
  const frame = checkedFrame(page, length);
  const out = new Uint8Array(length);
  let done = 0;
  const stream = new Decompress((piece) => {
    // Throwing here ends the stream.
    if (done + piece.length > length) throw wrongLength();
    out.set(piece, done);
    done += piece.length;
  });
  stream.push(frame, true);
  if (done < length) throw wrongLength();
  return out;
}

/** Returns the frame with a window no larger than its content needs. */
function checkedFrame(page: Uint8Array, length: number): Uint8Array {
  if (page.length < 9 || viewOf(page).getUint32(0, true) !== MAGIC) {
    throw new RangeError('a page is not a zstd frame');
  }
  const flags = page[4];
  const isSingle = (flags >> 5) & 1;
  const sizeBytes = flags >> 6 === 0 ? isSingle : 1 << (flags >> 6);
  const sizeAt = 6 - isSingle + [0, 1, 2, 4][flags & 3];
  let size = flags >> 6 === 1 ? 256 : 0;
  for (let i = 0; i < sizeBytes; i++) size += page[sizeAt + i] * 256 ** i;
  if (sizeBytes > 0 && size !== length) throw wrongLength();
  checkBlocks(page, sizeAt + sizeBytes, (flags >> 2) & 1 ? 4 : 0);
  if (isSingle === 1) return page;
  const exponent = Math.max(10, Math.ceil(Math.log2(length)));
  if (page[5] >> 3 <= exponent - 10) return page;
  const frame = page.slice();
  frame[5] = (exponent - 10) << 3;
  return frame;
}

/** Checks that the blocks of a frame fill the page: a second frame would not have been checked. */
function checkBlocks(page: Uint8Array, from: number, tail: number): void {
  let at = from;
  for (;;) {
    if (at + 3 > page.length) throw new RangeError('a frame of zstd ends too early');
    const head = page[at] | (page[at + 1] << 8) | (page[at + 2] << 16);
    at += 3 + (((head >> 1) & 3) === RLE ? 1 : head >> 3);
    if ((head & 1) === 0) continue;
    if (at + tail === page.length) return;
    throw new RangeError('a frame of zstd does not end with its page');
  }
}

function wrongLength(): RangeError {
  return new RangeError('a page does not have the length that it claims');
}
