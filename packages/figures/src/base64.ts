const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes in base64 (RFC 4648, padded): neither Node's Buffer nor the browser's btoa is in both. */
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

/** Bytes as a data URI of a media type, such as 'image/png'. */
export function dataUri(mediaType: string, bytes: Uint8Array): string {
  return `data:${mediaType};base64,${base64(bytes)}`;
}
