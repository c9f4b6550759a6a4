import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { identity } from '../identity.ts';

/**
 * Chooses the path of the journal of a run: in the folder of the output, or in the current folder. Returns no path if the
 * folder is not writable; an interrupted run then starts again from the beginning.
 *
 * @param out path of the output, if there is one.
 * @param spec everything that decides the result; its identity is part of the name.
 * @returns `{ journal }`, or `{}`.
 *
 * @example
 * ```js
 * import { journalPath } from 'polysem/runs';
 * journalPath('diagram.svg', { seed: 0 }); // { journal: '.polysem-journal-bd0488843468' }
 * ```
 */
export function journalPath(out: string | undefined, spec: unknown): { journal?: string } {
  const folder = out === undefined ? '.' : dirname(out);
  if (!isWritable(folder)) return {};
  return { journal: join(folder, `.polysem-journal-${identity(spec).slice(0, 12)}`) };
}

/**
 * True if files can be written to a folder.
 *
 * @param folder path of the folder.
 * @returns true if it exists and is writable.
 *
 * @example
 * ```js
 * import { isWritable } from 'polysem/runs';
 * isWritable('.'); // true
 * ```
 */
export function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
