const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Escapes invisible and control characters, so that a name from a file cannot move the cursor of a terminal.
 *
 * @param label a name of a tensor or feature.
 * @returns the name on one line.
 *
 * @example
 * ```js
 * import { labelText } from 'polysem/reports';
 * labelText('a\nb'); // 'a\\u{a}b'
 * ```
 */
export function labelText(label: string): string {
  return label.replaceAll(UNSEEN, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
}

/**
 * Quotes a name as one word of a shell. Invisible characters are written as escapes that bash understands.
 *
 * @param name any text.
 * @returns the quoted text, or the text itself if it needs no quotes.
 *
 * @example
 * ```js
 * import { shellWord } from 'polysem/reports';
 * shellWord('two words'); // "'two words'"
 * ```
 */
export function shellWord(name: string): string {
  if (/^[\w./:-]+$/.test(name)) return name;
  if (!name.match(UNSEEN)) return `'${name.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = name
    .replaceAll(/[\\']/g, String.raw`\$&`)
    .replaceAll(
      UNSEEN,
      (c) => String.raw`\U` + (c.codePointAt(0) ?? 0).toString(16).padStart(8, '0'),
    );
  return `$'${escaped}'`;
}
