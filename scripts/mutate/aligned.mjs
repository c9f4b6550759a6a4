/**
 * Rows of cells as text: the first column aligned to the left, the others to the right.
 *
 * @param {readonly (readonly string[])[]} rows
 */
export function aligned(rows) {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows
    .map(([first, ...cells]) =>
      [first.padEnd(widths[0]), ...cells.map((cell, c) => cell.padStart(widths[c + 1]))].join('  '),
    )
    .join('\n');
}
