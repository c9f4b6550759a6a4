import { createHash } from 'node:crypto';

/**
 * The canonical text of a plain value: JSON with the keys of every object sorted, so that equal specs have equal texts.
 *
 * @throws TypeError for what JSON cannot hold: functions, undefined in lists, numbers that are not finite.
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

/** The identity of a run: SHA-256, in hexadecimal, of the canonical text of everything that decides its result. */
export function identity(spec: unknown): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex');
}
