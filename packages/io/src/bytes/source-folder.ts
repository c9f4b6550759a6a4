import type { ByteSource } from './byte-source.ts';
import { FormatError, quoteList } from './format-error.ts';

/** A set of files that refer to each other: a folder on disk or on the web, or files dropped on a page. */
export interface SourceFolder {
  /** Name in error messages. */
  readonly name: string;
  /**
   * Opens a file by name, with `/` between folders. Returns undefined if there is no such file.
   *
   * Rejects with FormatError if the file cannot be read or the name leads out of the folder.
   */
  readonly open: (file: string) => Promise<ByteSource | undefined>;
  /** Lists the names of all files; absent if that is impossible. */
  readonly list?: () => Promise<readonly string[]>;
  /** Lists the names of the folders in it; absent if that is impossible. */
  readonly folders?: () => Promise<readonly string[]>;
  /** Returns a folder in it, whose files close with those of this one; absent if that is impossible. */
  readonly subfolder?: (name: string) => SourceFolder;
  /** Most folders in it that are searched for weights, where each costs a request; default all. */
  readonly mostSearched?: number;
}

/** Returns whether a name stays within a folder on every system and on the web. */
export function isInside(file: string): boolean {
  // A colon could name a drive or scheme; a query would be another address.
  if (/[\\:?#\p{Cc}]/u.test(file)) return false;
  return file.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * Checks a name with `isInside`.
 *
 * @throws FormatError if it leads out of the folder called `name`.
 */
export function checkInside(name: string, file: string): void {
  if (isInside(file)) return;
  throw new FormatError(
    name,
    `${quoteList([file])} leads out of the folder; name a file within it`,
  );
}
