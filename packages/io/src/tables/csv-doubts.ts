import type { WrittenColumn } from './written-column.ts';

/** Beginnings of cells that a spreadsheet runs as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** Texts that pandas reads as missing unless it is told not to. */
const MISSING =
  /^(?:#N\/A(?: N\/A)?|#NA|-?1\.#(?:IND|QNAN)|-?nan|-?NaN|<NA>|N\/A|NA|NULL|None|n\/a|null)?$/;

/**
 * Names the texts of a CSV file that programs take for something else. The file holds all texts as they are.
 *
 * @param columns columns of the file.
 * @returns one sentence per kind of doubt.
 * @example
 * ```js
 * import { csvDoubts } from 'polysem/io';
 * csvDoubts([{ name: 'label', values: ['=1+1', 'the'] }]).length; // 1
 * ```
 */
export function csvDoubts(columns: readonly WrittenColumn[]): string[] {
  const kinds = [
    { pattern: FORMULA, means: 'a formula for a spreadsheet; import the column as text' },
    {
      pattern: MISSING,
      means: 'missing for pandas; read with keep_default_na=False, or write .parquet',
    },
  ];
  return columns.flatMap(({ name, values }) =>
    ArrayBuffer.isView(values)
      ? []
      : kinds.flatMap(({ pattern, means }) => {
          const found = matches(values, pattern);
          return found === null ? [] : `${name}: ${found} ${means}`;
        }),
  );
}

/** The texts that match as subject and verb of a sentence; null without any. */
function matches(values: readonly string[], pattern: RegExp): string | null {
  let [count, first] = [0, ''];
  for (const text of values) {
    if (!pattern.test(text)) continue;
    if (count === 0) first = text;
    count++;
  }
  if (count === 0) return null;
  const example = JSON.stringify(first);
  return count === 1 ? `${example} is` : `${count} texts, such as ${example}, are`;
}
