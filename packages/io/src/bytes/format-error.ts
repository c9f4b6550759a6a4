/**
 * A file is damaged, hostile, or of a kind that polysem does not read.
 *
 * The message is one line, `<file>: <problem>; <fix>`, and safe to print: control characters from the file are escaped.
 */
export class FormatError extends Error {
  override readonly name: string = 'FormatError';
  /** The file with the problem, as the caller named it. */
  readonly source: string;
  /** The message without the file. */
  readonly problem: string;

  constructor(source: string, problem: string, options?: ErrorOptions) {
    super(printable(`${source}: ${problem}`), options);
    this.source = source;
    this.problem = printable(problem);
  }
}

/** Quotes a string from a file for a message, shortened to `limit` characters. */
export function quote(text: string, limit = 60): string {
  const short = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return printable(JSON.stringify(short));
}

/** Lists the first names for a message, by default five: `"a", "b" and 7 more`. */
export function quoteList(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => quote(name));
  const rest = names.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/**
 * Escapes what a terminal would obey or hide: control characters, overrides of the direction of text, and line breaks.
 *
 * @param text any text.
 * @returns the text in one line.
 *
 * @example
 * ```js
 * import { printable } from 'polysem/io';
 * printable(`a${String.fromCodePoint(10)}`).length; // 6
 * ```
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`,
  );
}
