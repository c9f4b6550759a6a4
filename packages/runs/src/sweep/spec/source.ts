import { printable } from '@polysem/io/bytes';
import { UsageError } from '../../usage-error.ts';

/** Place of a value in a document: keys and indices from the root. */
export type Path = readonly (string | number)[];

/** The text that a document was read from. */
export interface Source {
  /** Path of the file, as the user gave it. */
  readonly file: string;
  /** Line of a value, from 1; that of the innermost value around it that exists. */
  readonly lineOf: (path: Path) => number;
}

/**
 * A path as users write it.
 *
 * @param path the path.
 * @returns for example `axes[1].values[0]`.
 */
function pathText(path: Path): string {
  return path
    .map((key, depth) => (typeof key === 'number' ? `[${key}]` : depth === 0 ? key : `.${key}`))
    .join('');
}

/**
 * An error about a value of a document.
 *
 * @param source the text; null if the document is data.
 * @param path place of the value.
 * @param message found and allowed values, and the fix.
 * @returns the error: `file:line: path: message`, in one line whatever the document holds.
 */
export function problemAt(source: Source | null, path: Path, message: string): UsageError {
  const place = source === null ? [] : [`${source.file}:${source.lineOf(path)}`];
  const text = path.length === 0 ? [] : [pathText(path)];
  return new UsageError(printable([...place, ...text, message].join(': ')));
}
