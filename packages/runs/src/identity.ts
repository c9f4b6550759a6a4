import { createHash } from 'node:crypto';

/**
 * The canonical text of a plain value: JSON with the keys of every object sorted, so that equal
 * specs have equal texts.
 *
 * @param value the value.
 * @returns its text.
 * @throws TypeError for values that JSON cannot represent: functions, undefined in lists,
 *   non-finite numbers.
 *
 * @example
 * ```js
 * import { canonicalJson } from 'polysem/runs';
 * canonicalJson({ b: [1, null], a: true }); // '{"a":true,"b":[1,null]}'
 * ```
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string')
    return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonicalJson: ${value} has no JSON`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, field]) => field !== undefined);
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
  }
  throw new TypeError(`canonicalJson: a ${typeof value} has no JSON`);
}

/**
 * The identity of a run: the SHA-256 of the canonical text of everything that determines its
 * result.
 *
 * @param spec everything that determines the result.
 * @returns 64 hexadecimal digits.
 *
 * @example
 * ```js
 * import { identity } from 'polysem/runs';
 * identity({ a: 1, b: 2 }) === identity({ b: 2, a: 1 }); // true
 * identity({}).slice(0, 8); // '44136fa3'
 * ```
 */
export function identity(spec: unknown): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex');
}
