import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError } from '../../bytes/format-error.ts';
import type { Format } from '../format.ts';
import { visitLines } from './lines.ts';
import { DELIMITERS, NO_NUMBER, NUMBER, problemOf } from './number-text.ts';
import { readCsvTable } from './table.ts';
import { stem } from '../../bytes/stem.ts';
import { checkElements, type TensorReader } from '../../tensors/tensor-reader.ts';
import { tensorFile, type TensorFile } from '../../tensors/tensor.ts';

/*
 * A reader of our own, since a table of numbers is a small part of what CSV libraries read, and what matters here is what
 * they leave open: which line and column is no number, and that none becomes NaN or is dropped in silence.
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
 * Opens a table of numbers, rows x columns, as a tensor of the file's name: separated by commas, semicolons or tabs, with
 * at most one line of names before the numbers. Numbers may be quoted; blank lines may stand at the end only.
 *
 * A first line is names if none of its cells begins as a number does; it is never dropped otherwise.
 *
 * Rejects with FormatError naming line and column if a cell is anything but a finite number (a decimal comma too), lines
 * differ in length, or there are no numbers.
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
        `has ${cells.length} columns, line ${first} has ${columns}; give every line as many`,
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
  if (rows === 0) throw new FormatError(source.name, 'holds no numbers; write one row a line');
  return { shape: [rows, columns], data: data.slice(0, count) };
}

/** Names, not numbers: some cell says something, and none begins as a number does or stands for one. */
function isHeader(cells: readonly string[]): boolean {
  return (
    cells.some((cell) => cell !== '') &&
    !cells.some((cell) => /^[+-]?\.?\d/.test(cell) || NO_NUMBER.test(cell))
  );
}

/** The cells of a line, trimmed and without their quotes; null if a quote does not close. */
function splitLine(line: string, delimiter: string): string[] | null {
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const mark = line[at];
    if (mark === '"') {
      // Two quotes inside quotes are one; a quote after text, as in 5", is kept and refused as no number.
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
