// Values in a form that two languages can compare: a digest of the numbers as doubles.

import { createHash } from 'node:crypto';

/** Digest of numbers as little-endian doubles, all NaN equal. */
export function digestOfNumbers(values) {
  const doubles = Float64Array.from(values, (value) => (Number.isNaN(value) ? NaN : value));
  return digest(Buffer.from(doubles.buffer));
}

/** Digest of texts, each with its length before it. */
export function digestOfTexts(texts) {
  const parts = texts.map((text) => Buffer.from(text));
  return digest(Buffer.concat(parts.flatMap((part) => [Buffer.from(`${part.length}:`), part])));
}

function digest(bytes) {
  return createHash('sha1').update(bytes).digest('base64').slice(0, 16);
}
