import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { identity } from './identity.ts';

/**
 * Where the journal of a run goes: beside its output, or into the current folder. None where that cannot be written
 * to: the run then starts anew if it is interrupted.
 *
 * @param out the path of the output, if there is one.
 */
export function journalPath(out: string | undefined, spec: unknown): { journal?: string } {
  const folder = out === undefined ? '.' : dirname(out);
  if (!isWritable(folder)) return {};
  return { journal: join(folder, `.polysem-journal-${identity(spec).slice(0, 12)}`) };
}

/** True if files can be written to a folder. */
export function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
