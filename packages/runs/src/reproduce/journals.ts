import { join } from 'node:path';
import type { RunOptions } from '../run-rows.ts';
import { removeJournal } from '../store/remove-journal.ts';

/** Folder of the journals of a reproduction, from which an interrupted run resumes. */
export interface JournalFolder {
  readonly folder: string;
  /** Called with a line for the user about a journal that is damaged or cannot be written. */
  readonly onNote?: (line: string) => void;
}

/** The parts of a reproduction that keep journals. */
const KEPT = ['figure4', 'figure7', 'kurtosis'] as const;

/**
 * Options of the run of one grid of a part.
 *
 * @param part the part.
 * @param grid name of the grid.
 */
export function journalOf(
  journals: JournalFolder | undefined,
  part: (typeof KEPT)[number],
  grid: string,
): Pick<RunOptions, 'journal' | 'onNote'> {
  if (journals === undefined) return {};
  const { folder, onNote } = journals;
  return { journal: join(folder, `.polysem-journal-${part}-${grid}`), onNote };
}

/**
 * Removes the journals of all parts, once the report is in place.
 *
 * @param folder the folder of the journals.
 *
 * @example
 * ```js
 * import { removeReproductionJournals } from 'polysem/reproduce';
 * removeReproductionJournals('.'); // undefined
 * ```
 */
export function removeReproductionJournals(folder: string): void {
  for (const part of KEPT) removeJournal(join(folder, `.polysem-journal-${part}`));
}
