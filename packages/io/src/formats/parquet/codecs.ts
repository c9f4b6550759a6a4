import { gunzipSync } from 'fflate';
import { viewOf } from '../../bytes/byte-source.ts';
import { crc32 } from '../../bytes/crc32.ts';
import { inflateHadoopLz4, inflateLz4 } from './lz4-page.ts';
import { inflateSnappy } from './snappy.ts';
import { inflateZstd } from './zstd-page.ts';

/** Inflates a page of a Parquet file to exactly `length` bytes. Throws if it is damaged or has another length. */
export type Inflate = (page: Uint8Array, length: number) => Uint8Array;

/** Largest expansion of a page, for codecs that have a bound. */
const MOST_TIMES: Readonly<Record<string, number>> = {
  // A copy of 64 bytes takes 3.
  SNAPPY: 22,
  // A match of 258 bytes takes 2 bits.
  GZIP: 1032,
  // A byte lengthens a match by 255.
  LZ4: 255,
  LZ4_RAW: 255,
};
/** Inflated bytes that a file may have in total: a constant, and a factor of its own size. More is taken for a bomb. */
const FREE_BYTES = 1 << 18;
const BYTES_PER_BYTE = 400;

const INFLATE: Readonly<Record<string, Inflate>> = {
  SNAPPY: inflateSnappy,
  GZIP: inflateGzip,
  ZSTD: inflateZstd,
  LZ4: inflateHadoopLz4,
  LZ4_RAW: inflateLz4,
};

/** Decompressors for the pages of one file: `of` returns that of a codec, null for an unknown codec. */
export interface Codecs {
  readonly of: (codec: string) => Inflate | null;
  /**
   * Counts bytes to be inflated.
   *
   * @throws RangeError if they exceed what a file of its size may have.
   */
  readonly spend: (codec: string, stored: number, length: number) => void;
}

/** Makes the decompressors for a file of `fileBytes`. Brotli needs a decompressor from outside. */
export function parquetCodecs(fileBytes: number, brotli?: Inflate): Codecs {
  let room = FREE_BYTES + BYTES_PER_BYTE * fileBytes;
  const known = new Map(Object.entries(INFLATE));
  if (brotli !== undefined) known.set('BROTLI', brotli);
  return {
    of: (codec) => {
      const inflate = known.get(codec);
      if (inflate === undefined) return null;
      return (page, length) => {
        if (length === 0) return new Uint8Array(0);
        const bytes = inflate(page, length);
        if (bytes.length === length) return bytes;
        throw new RangeError('a page does not have the length that it claims');
      };
    },
    spend: (codec, stored, length) => {
      if (!(length >= 0 && length <= stored * (MOST_TIMES[codec] ?? Infinity) + 64)) {
        throw new RangeError('a page claims more bytes than its compressed ones can hold');
      }
      room -= length;
      if (room >= 0) return;
      throw new RangeError(
        'its pages claim too many bytes for the size of the file; write it with dictionaries',
      );
    },
  };
}

/** Inflates one gzip member and checks its checksum. */
function inflateGzip(page: Uint8Array, length: number): Uint8Array {
  // Bytes beyond the end of `out` are dropped; one extra byte shows whether there were any.
  const bytes = gunzipSync(page, { out: new Uint8Array(length + 1) });
  const trailer = viewOf(page.subarray(-8));
  if (bytes.length !== length || trailer.getUint32(4, true) !== length) {
    throw new RangeError('a page does not have the length that it claims');
  }
  const inflated = bytes.slice();
  if (crc32(inflated) === trailer.getUint32(0, true)) return inflated;
  throw new RangeError('the CRC-32 of a page is wrong');
}
