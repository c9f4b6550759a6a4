import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Removes the journal of a run: the file of finished parts, and all files of states, of other threads and of killed processes
 * that begin with its name. Call it once the result of the run is safely in place; before that, an interrupted run needs the
 * journal to continue. Copies of damaged files stay.
 *
 * @param path path of the journal, as given to the run; undefined if there is none.
 *
 * @example
 * ```js
 * import { openStore, removeJournal } from 'polysem/runs';
 * openStore('.polysem-journal-done', 'a spec').finish('row-0', 1);
 * removeJournal('.polysem-journal-done');
 * openStore('.polysem-journal-done', 'a spec').finished('row-0'); // undefined
 * ```
 */
export function removeJournal(path: string | undefined): void {
  if (path === undefined) return;
  const [folder, name] = [dirname(path), basename(path)];
  let files: string[] = [];
  try {
    files = readdirSync(folder);
  } catch {
    // A folder that cannot be read, or is gone, has nothing that could be removed.
  }
  for (const file of files) {
    const isOwn = file === name || file === `${name}.tmp` || file.startsWith(`${name}-`);
    if (isOwn && !file.endsWith('.damaged')) removeFile(join(folder, file));
  }
}

/** Removes a file, if it exists and can be removed. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A file that stays does no harm: the next run ignores or replaces it.
  }
}
