import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';

/** A value as text that JSON can hold, exact to the last bit, typed arrays and numbers that are not finite included. */
export function pack(value: unknown): string {
  return serialize(value).toString('base64');
}

/** The value that was packed, or undefined if the text is none (or of a Node that writes otherwise). */
export function unpack(text: unknown): unknown {
  return typeof text === 'string' ? read(Buffer.from(text, 'base64')) : undefined;
}

/** Writes the state of unfinished work, whole or not at all. */
export function keepCheckpoint(path: string, identity: string, value: unknown): void {
  const half = `${path}.tmp`;
  writeFileSync(half, serialize({ identity, value }));
  renameSync(half, path);
}

/** The state of unfinished work of the same identity; undefined if there is none. */
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

/** Removes the state: the work is finished. */
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
