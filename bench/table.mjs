/** Aligned text table: first column left-aligned, the others right-aligned. */
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

/** Seconds as milliseconds, to three digits. */
export function milliseconds(seconds) {
  return seconds === undefined ? '' : figures(seconds * 1000);
}

/** Number to three digits, without exponent if it is of ordinary size. */
export function figures(value) {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-3) return value.toExponential(1);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(decimals);
}

/** Ratio of two times: "12x". */
export function factor(seconds, other) {
  return `${figures(seconds / other)}x`;
}

/** Table of the times of several contenders on several matrices, each compared with polysem, the first contender. */
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
