const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Encodes bytes in base64 (RFC 4648, padded). Written here because Node and browsers share no such function. */
export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    parts.push(
      ALPHABET[group >> 18] +
        ALPHABET[(group >> 12) & 63] +
        (i + 1 < bytes.length ? ALPHABET[(group >> 6) & 63] : '=') +
        (i + 2 < bytes.length ? ALPHABET[group & 63] : '='),
    );
  }
  return parts.join('');
}

/**
 * Encodes bytes as a data URI.
 *
 * @param mediaType such as 'image/png'
 * @param bytes the content
 * @returns the URI
 * @example
 * ```js
 * import { dataUri } from 'polysem/figures/svg';
 * dataUri('text/plain', Uint8Array.of(72, 105)); // 'data:text/plain;base64,SGk='
 * ```
 */
export function dataUri(mediaType: string, bytes: Uint8Array): string {
  return `data:${mediaType};base64,${base64(bytes)}`;
}
