import type { ByteSource } from './byte-source.ts';
import { FormatError, quoteList } from './format-error.ts';

/** Files that lie together: a folder on disk, a place on the web, the files that someone drops on a page. */
export interface SourceFolder {
  /** How errors call it. */
  readonly name: string;
  /**
   * Opens the file of a name, with `/` between folders; undefined if there is none.
   *
   * Rejects with FormatError if it is there and cannot be read, or if the name leads out of the folder.
   */
  readonly open: (file: string) => Promise<ByteSource | undefined>;
  /** The names of its files, where they can be known. */
  readonly list?: () => Promise<readonly string[]>;
}

/** Whether a name is that of a file in a folder or below it, on every system and on the web. */
export function isInside(file: string): boolean {
  // No colon, for drives and schemes; no query, which would be another address.
  if (/[\\:?#\p{Cc}]/u.test(file)) return false;
  return file.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Checks a name by `isInside`. @throws FormatError if it leads out of the folder called `name`. */
export function checkInside(name: string, file: string): void {
  if (isInside(file)) return;
  throw new FormatError(
    name,
    `${quoteList([file])} leads out of the folder; name a file that lies in it`,
  );
}
