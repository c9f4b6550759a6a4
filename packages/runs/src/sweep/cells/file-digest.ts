import { closeSync, fstatSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { sha256OfOpen } from '../file-sha256.ts';

const known = new Map<string, string>();

/**
 * The SHA-256 of an input file, computed once per process while its size and time of change stay.
 *
 * @param folder folder against which the path is resolved.
 * @param path path of the file.
 * @returns 64 hexadecimal digits.
 * @throws RangeError "file: what is wrong" if it is not a file that can be read.
 */
export function fileDigest(folder: string, path: string): string {
  const location = resolve(folder, path);
  let file: number;
  try {
    file = openSync(location, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`;
    throw new RangeError(`file: ${location}: ${why}`);
  }
  try {
    const { size, mtimeMs } = fstatSync(file);
    const key = `${location} ${size} ${mtimeMs}`;
    const digest = known.get(key) ?? digestOf(file, location);
    known.set(key, digest);
    return digest;
  } finally {
    closeSync(file);
  }
}

function digestOf(file: number, location: string): string {
  if (!fstatSync(file).isFile())
    throw new RangeError(`file: ${location}: is a folder; give a single file`);
  return sha256OfOpen(file);
}
