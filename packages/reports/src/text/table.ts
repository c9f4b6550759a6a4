/** Rows of text as columns: the first left, and those of words that the first row names; numbers right. */
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
