import { brotliDecompressSync } from 'node:zlib';

/**
 * Decompresses a Brotli page of a Parquet file, for the option `brotli` of `readTable`.
 *
 * @param page the compressed page.
 * @param length the size of the result.
 * @returns the page, at most `length` bytes.
 * @throws Error if the page is damaged or longer.
 * @example
 * ```js
 * import { inflateBrotli } from 'polysem/io/node';
 * inflateBrotli(Uint8Array.of(139, 0, 128, 1, 2, 3), 2)[1]; // 2
 * ```
 */
export function inflateBrotli(page: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(brotliDecompressSync(page, { maxOutputLength: Math.max(1, length) }));
}
