import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError } from '../../bytes/format-error.ts';
import { isComment } from './comment.ts';
import {
  hasInnerCr,
  INNER_CR,
  recordSplitter,
  type CsvRecord,
  type RecordSplitter,
} from './record-splitter.ts';
import { visitLines } from './text-lines.ts';

/** Longest quoted cell, in lines; a quote open for longer was never closed. */
const LONGEST_CELL = 100;
/** Lines from which the delimiter is found, beside comments; and all lines, which bound the memory that these take. */
const SAMPLE = 24;
const LONGEST_SAMPLE = 4096;

/** A record and its place in the file. */
export interface PlacedRecord extends CsvRecord {
  /** Number of its first line, from 1. */
  readonly line: number;
  /** Number of its lines. */
  readonly lines: number;
}

/** Refuses a file at a line or one of its cells. */
export type Refuse = (line: number, problem: string, column?: number) => never;

/** Makes the function that refuses a file at a line. */
export function refuser(source: ByteSource): Refuse {
  return (line, problem, column) => {
    const place = column === undefined ? `line ${line}` : `line ${line}, column ${column}`;
    throw new FormatError(source.name, `${place}: ${problem}`);
  };
}

/**
 * Calls `visit` for each record of a text. Blank lines are allowed only at the end.
 *
 * @param source the text.
 * @param delimiterOf chooses the delimiter from the first lines.
 * @param visit is called with each record.
 * @param isSkipped returns whether a line between records is left out.
 * @returns the encoding of the text.
 */
export async function visitRecords(
  source: ByteSource,
  delimiterOf: (sample: readonly string[]) => string,
  visit: (record: PlacedRecord) => void,
  isSkipped: (line: string, number: number) => boolean,
): Promise<string> {
  const refuse = refuser(source);
  const sample: string[] = [];
  let telling = 0;
  let splitter: RecordSplitter | undefined;
  let number = 0;
  let blank = 0;
  let begins = 1;

  const take = (line: string, rows: RecordSplitter): void => {
    number++;
    if (!rows.isOpen()) {
      if (line.trim() === '') {
        blank ||= number;
        return;
      }
      if (blank > 0) refuse(blank, `is blank, but line ${number} is not; remove it`);
      if (isSkipped(line, number)) {
        if (hasInnerCr(line)) refuse(number, INNER_CR);
        return;
      }
      begins = number;
    }
    const record = fed(rows, line, number, refuse);
    if (record !== null)
      visit({
        cells: record.cells,
        quoted: record.quoted,
        line: begins,
        lines: number - begins + 1,
      });
    else if (number - begins + 1 >= LONGEST_CELL) refuse(begins, OPEN_QUOTE);
  };
  const start = (): RecordSplitter => {
    const rows = recordSplitter(delimiterOf(sample));
    for (const line of sample.splice(0)) take(line, rows);
    return rows;
  };
  const encoding = await visitLines(source, (line) => {
    if (splitter !== undefined) return take(line, splitter);
    sample.push(line);
    if (!isComment(line)) telling++;
    if (telling === SAMPLE || sample.length === LONGEST_SAMPLE) splitter = start();
  });
  splitter ??= start();
  if (splitter.isOpen()) refuse(begins, OPEN_QUOTE);
  return encoding;
}

const OPEN_QUOTE = 'a quote does not close; remove or double it';

function fed(rows: RecordSplitter, line: string, number: number, refuse: Refuse): CsvRecord | null {
  try {
    return rows.feed(line);
  } catch (error) {
    if (error instanceof RangeError) return refuse(number, error.message);
    throw error;
  }
}

/** Splits lines into the records that they complete; a record that cannot be split ends them. */
export function splitSample(lines: readonly string[], delimiter: string): readonly CsvRecord[] {
  const rows = recordSplitter(delimiter);
  const records: CsvRecord[] = [];
  for (const line of lines) {
    try {
      const record = rows.feed(line);
      if (record !== null) records.push(record);
    } catch {
      return records;
    }
  }
  return records;
}
