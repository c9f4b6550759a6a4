import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Code of the error of a full disk. */
export const NO_SPACE = 'ENOSPC';

/** Errors of file systems without hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Writes a file completely or not at all, without replacing another: the bytes go to a temporary name, are flushed to the
 * disk, and get their name by a hard link.
 *
 * @param path the file.
 * @param temporary a name on the same file system that no other process uses.
 * @param write writes the content to an open file.
 * @returns false if the file exists already; it is left as it is.
 * @throws the error of the system, such as ENOSPC; the temporary file is then gone.
 */
export function writeOnce(path: string, temporary: string, write: (file: number) => void): boolean {
  try {
    const file = openSync(temporary, 'w');
    try {
      write(file);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return giveName(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Replaces a file, or makes it: a reader sees the old content or the new. */
export function replaceFile(path: string, temporary: string, content: string | Uint8Array): void {
  try {
    const file = openSync(temporary, 'w');
    try {
      writeAll(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    flushFolder(dirname(path));
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Writes all bytes to an open file. */
export function writeAll(file: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** Makes a folder whose parent exists; fine if it exists. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path);
    flushFolder(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Flushes the names in a folder to the disk. */
export function flushFolder(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } catch {
    // Some file systems cannot flush folders.
  } finally {
    closeSync(file);
  }
}

function giveName(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code)) throw error;
    // Without hard links, creating the name exclusively reserves it, and the rename replaces only this empty file.
    try {
      closeSync(openSync(path, 'wx'));
    } catch (taken) {
      if ((taken as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw taken;
    }
    renameSync(temporary, path);
  }
  flushFolder(dirname(path));
  return true;
}
