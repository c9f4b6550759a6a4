import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { appendRecord, beginFile, indexFile, readRecord } from '../../store/records.ts';
import type { ResultColumn } from '../cell.ts';
import { columnOf, valueAt, type ColumnData } from './columns.ts';
import { OWN_COLUMNS, ROW_DIGEST_BYTES, rowDigest, stateOf, type Row } from './rows.ts';
import { writeOnce } from './write-once.ts';

// A segment is a file of records with the format of journals. Its first record names the cells, so that finished cells are
// known without reading values; its second has the values, by column.

/** Cells of a segment, ascending, with the digests of their rows one after the other, and their states. */
export interface SegmentCells {
  readonly cells: Uint32Array;
  readonly digests: Uint8Array;
  readonly states: Uint8Array;
}

const NAME = /^(\d{10})-(\d{10})-[0-9a-f]{32}\.rows$/;

/** The first and last cell of a segment, from the name of its file; null for another file. */
export function segmentRange(
  name: string,
): { readonly first: number; readonly last: number } | null {
  const found = NAME.exec(name);
  return found && { first: Number(found[1]), last: Number(found[2]) };
}

/**
 * Writes rows to a segment. The name follows from the rows, so the same rows twice are one file.
 *
 * @param place folder of the segments, identity of the plan, and a temporary name.
 * @param rows rows of different cells, in any order; at least one.
 * @param columns columns of the results.
 * @returns the name of the file, and its cells.
 */
export function writeSegment(
  place: { readonly folder: string; readonly identity: string; readonly temporary: string },
  rows: readonly Row[],
  columns: readonly ResultColumn[],
): { readonly name: string; readonly own: SegmentCells } {
  const sorted = rows.toSorted((a, b) => a.index - b.index);
  const cells = Uint32Array.from(sorted, ({ index }) => index);
  const digests = new Uint8Array(Buffer.concat(sorted.map(rowDigest)));
  const states = Uint8Array.from(sorted, stateOf);
  const own: SegmentCells = { cells, digests, states };
  const hash = createHash('sha256').update(Buffer.from(cells.buffer)).update(digests);
  const name = `${padded(cells[0])}-${padded(cells[cells.length - 1])}-${hash.digest('hex').slice(0, 32)}.rows`;
  writeOnce(join(place.folder, name), place.temporary, (file) => {
    beginFile(file, place.identity);
    appendRecord(file, place.identity, 'cells', own);
    appendRecord(file, place.identity, 'values', valuesOf(sorted, columns));
  });
  return { name, own };
}

function padded(index: number): string {
  return String(index).padStart(10, '0');
}

function valuesOf(
  rows: readonly Row[],
  columns: readonly ResultColumn[],
): Record<string, ColumnData> {
  const own = [
    rows.map(({ weights }) => weights),
    rows.map(({ failure }) => failure?.message ?? null),
    rows.map(({ failure }) => failure?.kind ?? null),
  ];
  return Object.fromEntries([
    ...columns.map((column) => [
      `value ${column.name}`,
      columnOf(
        column,
        rows.map(({ values }) => values[column.name]),
      ),
    ]),
    ...OWN_COLUMNS.map((column, k) => [column.name, columnOf(column, own[k])]),
  ]) as Record<string, ColumnData>;
}

/**
 * Reads the cells of a segment without their values.
 *
 * @returns the cells; null if the file is damaged.
 */
export function readCells(path: string, identity: string): SegmentCells | null {
  const { records } = indexFile(path, identity);
  if (records.map(({ part }) => part).join() !== 'cells,values') return null;
  const found = readRecord(path, identity, records[0])?.of as SegmentCells | undefined;
  if (found === undefined) return null;
  const { cells, digests, states } = found;
  const isWhole =
    digests.length === cells.length * ROW_DIGEST_BYTES && states.length === cells.length;
  return isWhole ? found : null;
}

/**
 * Reads the rows of a segment.
 *
 * @param path the file.
 * @param identity identity of the plan.
 * @param columns columns of the results.
 * @param isWanted chooses rows by their state; all by default.
 * @returns the rows, ascending; null if the file is damaged.
 */
export function readRows(
  path: string,
  identity: string,
  columns: readonly ResultColumn[],
  isWanted: (state: number) => boolean = () => true,
): Row[] | null {
  const own = readCells(path, identity);
  if (own === null) return null;
  const { records } = indexFile(path, identity);
  const data = readRecord(path, identity, records[1])?.of as Record<string, ColumnData> | undefined;
  if (data === undefined) return null;
  const names = columns.map(({ name }) => name);
  const rows: Row[] = [];
  for (const [k, index] of own.cells.entries()) {
    if (!isWanted(own.states[k])) continue;
    const message = valueAt(data.error, k) as string | null;
    const kind = valueAt(data.errorKind, k) as 'permanent' | 'retryable' | null;
    const from = k * ROW_DIGEST_BYTES;
    rows.push({
      index,
      digest: Buffer.from(own.digests.subarray(from, from + ROW_DIGEST_BYTES)),
      values:
        message === null
          ? Object.fromEntries(names.map((name) => [name, valueAt(data[`value ${name}`], k)]))
          : {},
      weights: valueAt(data.weights, k) as string | null,
      failure: message === null || kind === null ? null : { message, kind },
    });
  }
  return rows;
}
