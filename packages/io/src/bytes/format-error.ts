/**
 * A file is not what it should be: damaged, hostile, or of a kind polysem does not read.
 *
 * The message is always one line, `<file>: <what is wrong>; <the fix>`, and safe to print: whatever
 * control characters the file smuggled into a name are escaped.
 */
export class FormatError extends Error {
  override readonly name: string = 'FormatError';
  /** The file the error speaks of, as the caller named it. */
  readonly source: string;

  constructor(source: string, problem: string, options?: ErrorOptions) {
    super(printable(`${source}: ${problem}`), options);
    this.source = source;
  }
}

/** Quotes a string taken from a file for use in a message, shortened to at most `limit` characters. */
export function quote(text: string, limit = 60): string {
  const short = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return printable(JSON.stringify(short));
}

/** Lists quoted names for a message, the first five of them: `"a", "b" and 7 more`. */
export function quoteList(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => quote(name));
  const rest = names.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

// Cc and Cf hold the terminal escapes and the text-direction overrides, Zl and Zp the line breaks.
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`,
  );
}
