import type { ByteSource } from './byte-source.ts';
import { duplicateKey } from './duplicate-key.ts';
import { FormatError, quote } from './format-error.ts';

/**
 * Parses a JSON object from the bytes of a file. A key `__proto__` is an ordinary property.
 *
 * @param what the name of the text in errors, such as `the header`.
 * @throws FormatError if it is not UTF-8, not JSON, not an object, or has a key twice in one object.
 */
export function parseJsonObject(
  source: ByteSource,
  bytes: Uint8Array,
  what: string,
): Record<string, unknown> {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new FormatError(source.name, `${what} is not valid JSON: ${message}`, { cause: error });
  }
  if (!isRecord(value)) throw new FormatError(source.name, `${what} is not a JSON object`);
  const twice = duplicateKey(text);
  if (twice !== undefined) {
    throw new FormatError(source.name, `${what} has the key ${quote(twice)} twice`);
  }
  return value;
}

/** Returns whether a JSON value is an object and not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
