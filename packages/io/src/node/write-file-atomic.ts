import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';

/** Bytes, text, or bytes in pieces, of which one at a time need be in memory. */
export type FileContent = Uint8Array | string | Iterable<Uint8Array>;

/**
 * Writes a file whole or not at all: whoever reads `path` sees the old content or the new, even if the
 * process is killed or the machine stops halfway. Text is written as UTF-8; of pieces,
 * one is in memory at a time.
 *
 * The bytes go to a hidden file beside it, which then takes its name; only a kill that lets no process answer can leave
 * that behind. Where a
 * symbolic link stands, the file it leads to is written; where a pipe or a device stands, it is written into.
 *
 * Rejects with the system's error if the folder is missing or not writable.
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const existing = await stat(target).catch(() => null);
  if (existing !== null && !existing.isFile()) {
    // A pipe or a device cannot be replaced, only written to; a folder refuses by itself.
    await writeFile(target, content);
    return;
  }
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  const finished = removedOnSignal(temporary);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await writeFile(handle, content);
      // Else the new name could reach the disk before the bytes it stands for.
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

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Files that are being written. */
const unfinished = new Set<string>();

/** Removes a file if the process is told to end meanwhile, which then ends as it would have; what it returns lets go. */
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
  // Where others listen they decide, and the files may yet be finished.
  if (process.listenerCount(signal) > 1) return;
  for (const path of unfinished) rmSync(path, { force: true });
  letGo();
  process.kill(process.pid, signal);
}
