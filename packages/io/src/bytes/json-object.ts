import type { ByteSource } from './byte-source.ts';
import { duplicateKey } from './duplicate-key.ts';
import { FormatError, quote } from './format-error.ts';

/**
 * The object that a JSON text of a file says; a key `__proto__` is a property like any other.
 *
 * `what` names the text in errors, such as `the header`.
 * @throws FormatError if it is not UTF-8, not JSON or no object, or has a key twice in one object.
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

/** Whether a value of JSON is an object, no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
