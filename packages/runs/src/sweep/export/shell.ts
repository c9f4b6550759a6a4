/**
 * Quotes a text for a POSIX shell, unless it needs no quotes.
 *
 * @param text any text without NUL.
 * @returns one word of a command line.
 */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
