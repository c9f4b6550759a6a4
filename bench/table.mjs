/** An aligned text table: the first column to the left, the others to the right. */
export function table(title, header, rows) {
  const lines = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, c) => Math.max(...lines.map((row) => row[c].length)));
  const format = (row) =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const [head, ...body] = lines.map(format);
  return [title, '', head, rule, ...body, ''].join('\n');
}

/** Seconds as milliseconds, to three figures. */
export function milliseconds(seconds) {
  return seconds === undefined ? '' : figures(seconds * 1000);
}

/** A number to three figures, without exponent where it is of ordinary size. */
export function figures(value) {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-3) return value.toExponential(1);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(decimals);
}

/** How many times as long as another: "12x". */
export function factor(seconds, other) {
  return `${figures(seconds / other)}x`;
}

/** One table of the times of several contenders on several matrices, each beside polysem, the first of them. */
export function timesTable(title, rows) {
  const lines = rows.flatMap((row) =>
    row.times.map(({ name, median, min, max }) => [
      row.name,
      name,
      milliseconds(median),
      `${milliseconds(min)} - ${milliseconds(max)}`,
      factor(row.times[0].median, median),
    ]),
  );
  return table(title, ['matrix', 'by', 'ms', 'min - max', 'polysem / it'], lines);
}
