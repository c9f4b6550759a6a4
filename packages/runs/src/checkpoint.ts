import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';

/**
 * Encodes a value as text that fits into JSON, exact to the last bit, including typed arrays and
 * non-finite numbers.
 */
export function pack(value: unknown): string {
  return serialize(value).toString('base64');
}

/**
 * Decodes a packed value; undefined if the text is not one, or was written by an incompatible
 * version of Node.
 */
export function unpack(text: unknown): unknown {
  return typeof text === 'string' ? read(Buffer.from(text, 'base64')) : undefined;
}

/** Writes the state of unfinished work atomically. */
export function keepCheckpoint(path: string, identity: string, value: unknown): void {
  const half = `${path}.tmp`;
  writeFileSync(half, serialize({ identity, value }));
  renameSync(half, path);
}

/** Reads the state of unfinished work with the same identity; undefined if there is none. */
export function readCheckpoint(path: string, identity: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  const kept = read(bytes) as { identity?: unknown; value?: unknown } | undefined;
  return kept?.identity === identity ? kept.value : undefined;
}

/** Removes the state once the work is finished. */
export function dropCheckpoint(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}.tmp`, { force: true });
}

function read(bytes: Buffer): unknown {
  try {
    return deserialize(bytes);
  } catch {
    return undefined;
  }
}
