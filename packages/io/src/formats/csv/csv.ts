import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError } from '../../bytes/format-error.ts';
import type { Format } from '../format.ts';
import { visitLines } from './lines.ts';
import { DELIMITERS, NO_NUMBER, NUMBER, problemOf } from './number-text.ts';
import { readCsvTable } from './table.ts';
import { stem } from '../../bytes/stem.ts';
import { checkElements, type TensorReader } from '../../tensors/tensor-reader.ts';
import { tensorFile, type TensorFile } from '../../tensors/tensor-file.ts';

/*
 * polysem has its own reader because the errors matter here: it names the line and column of a cell that is not a
 * number, and never turns such a cell into NaN or drops it.
 */

export const csvFormat: Format = {
  name: 'csv',
  title: 'CSV',
  extensions: ['.csv', '.tsv'],
  // Text has no signature.
  recognises: ({ source }) => /\.[ct]sv$/i.test(source.name),
  openTensors: ({ source }) => openCsv(source),
  readTable: readCsvTable,
  reads: 'as weights: one matrix of numbers; as a table: numbers and text',
  refuses: 'as weights: anything else in a cell',
};

/**
 * Opens a table of numbers, rows x columns, as a tensor with the name of the file. Cells are separated by commas,
 * semicolons or tabs and may be quoted; one line of names may precede the numbers; blank lines are allowed only at the
 * end.
 *
 * The first line is taken as names if none of its cells begins like a number; otherwise it is never dropped.
 *
 * Rejects with FormatError that names line and column if a cell is not a finite number (a decimal comma included),
 * lines differ in length, or there are no numbers.
 */
async function openCsv(source: ByteSource): Promise<TensorFile> {
  const name = stem(source.name, /\.[ct]sv$/i);
  const { shape, data } = await readTable(source);
  const entry = {
    name,
    dtype: 'F64',
    shape,
    readable: true,
    byteOffset: 0,
    byteLength: source.size,
  };
  const reader: TensorReader = {
    entry,
    precision: 'float64',
    order: 'C',
    read: async (first, count) => {
      checkElements(entry, first, count);
      return data.slice(first, first + count);
    },
  };
  return tensorFile(source, 'csv', [{ entry, open: async () => reader }]);
}

async function readTable(source: ByteSource): Promise<{ shape: number[]; data: Float64Array }> {
  let data = new Float64Array(64);
  let count = 0;
  let columns = 0;
  let first = 0;
  let rows = 0;
  let blank = 0;
  let delimiter = ',';
  let number = 0;
  const refuse = (where: string, problem: string): never => {
    throw new FormatError(source.name, `${where}: ${problem}`);
  };

  await visitLines(source, (line) => {
    number++;
    if (line.trim() === '') {
      blank ||= number;
      return;
    }
    if (blank > 0) refuse(`line ${blank}`, `is blank, but line ${number} is not; remove it`);
    if (columns === 0) delimiter = DELIMITERS.find((mark) => line.includes(mark)) ?? ',';
    const cells = splitLine(line, delimiter);
    if (cells === null) return refuse(`line ${number}`, 'a quote does not close; remove it');
    if (columns === 0) {
      columns = cells.length;
      first = number;
      if (isHeader(cells)) return;
    }
    if (cells.length !== columns) {
      refuse(
        `line ${number}`,
        `has ${cells.length} columns, line ${first} has ${columns}; give every line the same number`,
      );
    }
    if (count + columns > data.length) {
      const larger = new Float64Array(Math.max(2 * data.length, count + columns));
      larger.set(data);
      data = larger;
    }
    cells.forEach((cell, column) => {
      const value = NUMBER.test(cell) ? Number(cell) : NaN;
      if (!Number.isFinite(value)) {
        refuse(`line ${number}, column ${column + 1}`, problemOf(cell, delimiter));
      }
      data[count++] = value;
    });
    rows++;
  });
  if (rows === 0) throw new FormatError(source.name, 'holds no numbers; write one row per line');
  return { shape: [rows, columns], data: data.slice(0, count) };
}

/** Returns whether cells are names: at least one is not empty, and none begins like a number or marks a missing one. */
function isHeader(cells: readonly string[]): boolean {
  return (
    cells.some((cell) => cell !== '') &&
    !cells.some((cell) => /^[+-]?\.?\d/.test(cell) || NO_NUMBER.test(cell))
  );
}

/** Splits a line into trimmed cells without their quotes; returns null if a quote does not close. */
function splitLine(line: string, delimiter: string): string[] | null {
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const mark = line[at];
    if (mark === '"') {
      // Two quotes within quotes are one; a quote after text, as in 5", is kept and then refused as not a number.
      if (quoted && line[at + 1] === '"') cell += line[++at];
      else if (quoted || cell.trim() === '') quoted = !quoted;
      else cell += mark;
    } else if (mark === delimiter && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += mark;
  }
  cells.push(cell.trim());
  return quoted ? null : cells;
}
