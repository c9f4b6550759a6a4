import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';

/** Bytes, text, or pieces of bytes, of which one at a time is in memory. */
export type FileContent = Uint8Array | string | Iterable<Uint8Array>;

/**
 * Writes a file completely or not at all: a reader of `path` sees the old content or the new, even if the process is
 * killed or the machine stops. The bytes go to a hidden file in the same folder, which is then renamed. A killed process
 * (SIGKILL) can leave it behind; the next write to the same path removes it.
 *
 * @param path the file. A symbolic link is followed; a pipe or device is written directly.
 * @param content text is written as UTF-8.
 * @throws the error of the system (as a rejection) if the folder is missing or not writable.
 * @example
 * ```js
 * import { openFile, writeFileAtomic } from 'polysem/io/node';
 * await writeFileAtomic('written.txt', 'abc');
 * const file = await openFile('written.txt');
 * file.size; // 3
 * await file.close();
 * ```
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const existing = await stat(target).catch(() => null);
  if (existing !== null && !existing.isFile()) {
    // A pipe or a device cannot be replaced; for a folder, writeFile fails with the right error.
    await writeFile(target, content);
    return;
  }
  const prefix = `.${basename(target)}.${HOST}-`;
  await removeAbandoned(dirname(target), prefix);
  const temporary = join(dirname(target), `${prefix}${process.pid}-${randomUUID()}.tmp`);
  const finished = removedOnSignal(temporary);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await writeFile(handle, content);
      // Otherwise the new name could reach the disk before its bytes.
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    finished();
  }
}

/** Tells this machine from others that share a folder. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Removes temporary files of processes of this machine that no longer exist. */
async function removeAbandoned(folder: string, prefix: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  await Promise.all(
    names
      .filter((name) => name.startsWith(prefix) && name.endsWith('.tmp'))
      .filter((name) => !isRunning(Number.parseInt(name.slice(prefix.length), 10)))
      .map((name) => rm(join(folder, name), { force: true })),
  );
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 is not sent; it only asks whether the process exists.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Files being written. */
const unfinished = new Set<string>();

/**
 * Removes a file if a signal ends the process meanwhile; the process still ends with that signal. Call the result when
 * the file is complete.
 */
function removedOnSignal(path: string): () => void {
  if (unfinished.size === 0) for (const signal of SIGNALS) process.on(signal, removeUnfinished);
  unfinished.add(path);
  return () => {
    unfinished.delete(path);
    if (unfinished.size === 0) letGo();
  };
}

function letGo(): void {
  for (const signal of SIGNALS) process.off(signal, removeUnfinished);
}

function removeUnfinished(signal: NodeJS.Signals): void {
  // Other listeners decide whether to end, and the files may still be completed.
  if (process.listenerCount(signal) > 1) return;
  for (const path of unfinished) rmSync(path, { force: true });
  letGo();
  process.kill(process.pid, signal);
}
