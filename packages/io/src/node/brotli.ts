import { brotliDecompressSync } from 'node:zlib';

/** Inflates a page of a Parquet file compressed by Brotli, for the option `brotli` of `readTable`. Throws if it is damaged. */
export function inflateBrotli(page: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(brotliDecompressSync(page, { maxOutputLength: Math.max(1, length) }));
}
