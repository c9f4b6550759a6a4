import { openFile } from '@polysem/io/node';
import { UsageError } from '../errors.ts';
import type { FeatureTable } from './feature-table.ts';

/** Cells that stand for a number that is missing. */
const MISSING = /^(?:|[+-]?nan|n\/?a|null|none)$/i;

/** Reads a CSV file with a line of names. @throws UsageError naming line and column if it is none. */
export async function readCsvTable(path: string): Promise<FeatureTable> {
  const source = await openFile(path);
  try {
    const bytes = await source.read(0, source.size);
    return csvTable(path, new TextDecoder().decode(bytes));
  } finally {
    await source.close();
  }
}

function csvTable(name: string, text: string): FeatureTable {
  const lines = text.split(/\r?\n/);
  while (lines.length > 0 && lines[lines.length - 1].trim() === '') lines.pop();
  if (lines.length < 2) {
    throw new UsageError(`${name}: holds no rows; write a line of names, then a line a feature`);
  }
  const mark = ['\t', ';', ','].find((candidate) => lines[0].includes(candidate)) ?? ',';
  const columns = cellsOf(lines[0].replace(/^\uFEFF/, ''), mark);
  const named = columns.findIndex((column, at) => columns.indexOf(column) !== at);
  if (named >= 0) {
    throw new UsageError(
      `${name}: line 1: the column "${columns[named]}" stands there twice; rename one`,
    );
  }
  const cells = lines.slice(1).map((line, row) => {
    const found = cellsOf(line, mark);
    if (found.length === columns.length) return found;
    throw new UsageError(
      `${name}: line ${row + 2}: has ${found.length} columns, line 1 names ${columns.length}; give every line as many`,
    );
  });
  return {
    name,
    columns,
    rows: cells.length,
    place,
    texts: (column) => cells.map((line) => line[columns.indexOf(column)]),
    numbers: (column) => {
      const at = columns.indexOf(column);
      return Float64Array.from(cells, (line, row) => {
        const cell = line[at];
        if (MISSING.test(cell)) return NaN;
        const value = Number(cell);
        if (!Number.isNaN(value)) return value;
        throw new UsageError(
          `${name}: ${place(row)}, column "${column}": ${JSON.stringify(cell)} is not a number; write one, or leave the cell empty`,
        );
      });
    },
  };
}

function place(row: number): string {
  return `line ${row + 2}`;
}

/** Cells, trimmed; quotes may hold the mark, and are doubled inside quotes. */
function cellsOf(line: string, mark: string): string[] {
  if (!line.includes('"')) return line.split(mark).map((cell) => cell.trim());
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at];
    if (letter === '"' && quoted && line[at + 1] === '"') cell += line[++at];
    else if (letter === '"') quoted = !quoted;
    else if (letter === mark && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += letter;
  }
  return [...cells, cell.trim()];
}
