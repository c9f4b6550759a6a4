// Values in a form that two languages can compare: a digest of the numbers as doubles.

import { createHash } from 'node:crypto';

/** Digest of numbers as little-endian doubles, all NaN equal. */
export function digestOfNumbers(values) {
  const doubles = Float64Array.from(values, (value) => (Number.isNaN(value) ? NaN : value));
  return shortened(createHash('sha1').update(new Uint8Array(doubles.buffer)));
}

/** Digest of texts, each with its length in bytes before it. */
export function digestOfTexts(texts) {
  const hash = createHash('sha1');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  return shortened(hash);
}

function shortened(hash) {
  return hash.digest('base64').slice(0, 16);
}
