/** The encoding that the byte order mark of a text names; UTF-8 without a mark. */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/**
 * Decodes a text in UTF-8, or in UTF-16 if it begins with that byte order mark. The mark is left out; invalid bytes
 * become U+FFFD.
 *
 * @param bytes the text.
 * @returns its characters.
 * @example
 * ```js
 * import { decodeText } from 'polysem/io';
 * decodeText(Uint8Array.of(0xff, 0xfe, 0x61, 0)); // 'a'
 * ```
 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}
