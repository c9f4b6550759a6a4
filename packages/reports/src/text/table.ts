/**
 * Aligns rows of text in columns. The first column and columns of words are aligned left, others right.
 *
 * @param rows rows of equal length; the first is the header.
 * @param ofWords headers of the columns of words.
 * @returns lines joined by newlines.
 *
 * @example
 * ```js
 * import { table } from 'polysem/reports';
 * table([['name', 'C'], ['a', '0.5']]).split('\n'); // ['name    C', 'a     0.5']
 * ```
 */
export function table(
  rows: readonly (readonly string[])[],
  ofWords: readonly string[] = [],
): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || ofWords.includes(rows[0][column])
            ? cell.padEnd(widths[column])
            : cell.padStart(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
