import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

/** Bytes that are read at a time. */
const AT_ONCE = 2 ** 22;

/** The SHA-256 of an open file, read from its start; 64 hexadecimal digits. */
export function sha256OfOpen(file: number): string {
  const hash = createHash('sha256');
  const bytes = Buffer.alloc(AT_ONCE);
  for (let at = 0; ;) {
    const read = readSync(file, bytes, 0, AT_ONCE, at);
    if (read === 0) return hash.digest('hex');
    hash.update(bytes.subarray(0, read));
    at += read;
  }
}

/**
 * The SHA-256 of a file.
 *
 * @param path path of the file.
 * @returns 64 hexadecimal digits; null if the file does not exist.
 *
 * @remarks No example: it reads a file.
 */
export function sha256OfFile(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return sha256OfOpen(file);
  } finally {
    closeSync(file);
  }
}
