import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { csvPieces, parquetGroups, type GroupCells, type GroupColumn } from '@polysem/io/tables';
import { canonicalJson } from '../../identity.ts';
import type { ResultValue } from '../cell.ts';
import { sha256OfFile } from '../file-sha256.ts';
import type { SweepPlan } from '../plan.ts';
import { manifestOf, type Manifest } from './manifest.ts';
import type { Row } from './rows.ts';
import { LARGE, WEIGHTS, type SweepStore, type Temporary } from './sweep-store.ts';
import { flushFolder, replaceFile, writeAll } from './write-once.ts';

/** Names of the finished table and of its SHA-256, in the format of sha256sum. */
export const TABLE = 'table.parquet';
export const TABLE_DIGEST = 'table.parquet.sha256';

/** The columns of the table of a sweep: the cell, its place along the axes, its results and its error. */
export function tableColumns(plan: SweepPlan): GroupColumn[] {
  return [
    { name: 'cell', type: 'integer' },
    ...plan.axisColumns,
    ...plan.resultColumns,
    ...(plan.spec.weights === true ? [{ name: 'weights', type: 'text' } as const] : []),
    { name: 'error', type: 'text' },
  ];
}

/** A row of the table, in the order of the columns; null where there is no value. */
export function tableRow(plan: SweepPlan, { index, values, weights, failure }: Row): ResultValue[] {
  const at = plan.axisValues(index);
  const file = weights === null ? null : `${WEIGHTS}/${plan.cell(index).id}.safetensors`;
  return [
    index,
    ...plan.axisColumns.map(({ name }) => at[name] ?? null),
    ...plan.resultColumns.map(({ name }) => values[name] ?? null),
    ...(plan.spec.weights === true ? [file] : []),
    failure?.message ?? null,
  ];
}

/** The finished cells of a sweep as groups of rows, by column. */
function* tableGroups(store: SweepStore, plan: SweepPlan): Generator<GroupCells[]> {
  const columns = tableColumns(plan);
  for (let first = 0; first < plan.size; first += LARGE) {
    const rows = store.rows(first, first + LARGE).map((row) => tableRow(plan, row));
    if (rows.length > 0) yield columns.map((_, k) => rows.map((row) => row[k]) as GroupCells);
  }
}

/** The finished cells of a sweep as a Parquet file; the spec is in its metadata. */
export function parquetTable(
  store: SweepStore,
  plan: SweepPlan,
  manifest: Manifest = manifestOf(plan),
): Generator<Uint8Array> {
  const metadata = { polysem: canonicalJson(manifest) };
  return parquetGroups(tableColumns(plan), tableGroups(store, plan), metadata);
}

/** The finished cells of a sweep as CSV: lists as JSON, and empty cells where there is no value. */
export function* csvTable(store: SweepStore, plan: SweepPlan): Generator<Uint8Array> {
  const columns = tableColumns(plan);
  let isFirst = true;
  for (const group of tableGroups(store, plan)) {
    const [heading, ...pieces] = csvPieces(
      columns.map(({ name, type }, k) => {
        const cells: readonly ResultValue[] = group[k];
        return type === 'number' || type === 'integer'
          ? { name, values: Float64Array.from(cells, (cell) => (cell as number | null) ?? NaN) }
          : { name, values: cells.map(cellText) };
      }),
    );
    if (isFirst) yield heading;
    isFirst = false;
    yield* pieces;
  }
  if (isFirst) yield* csvPieces(columns.map(({ name }) => ({ name, values: [] })));
}

function cellText(value: ResultValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value, nonFinite) : String(value);
}

/** Writes the finished table and its digest. */
export function writeTable(store: SweepStore, plan: SweepPlan, temporary: Temporary): void {
  const path = join(store.folder, TABLE);
  const hash = createHash('sha256');
  const unfinished = temporary();
  try {
    const file = openSync(unfinished, 'w');
    try {
      for (const piece of parquetTable(store, plan)) {
        hash.update(piece);
        writeAll(file, piece);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    rmSync(join(store.folder, TABLE_DIGEST), { force: true });
    renameSync(unfinished, path);
    flushFolder(store.folder);
  } finally {
    rmSync(unfinished, { force: true });
  }
  const line = `${hash.digest('hex')}  ${TABLE}\n`;
  replaceFile(join(store.folder, TABLE_DIGEST), temporary(), line);
}

/** True if the table is there and has the bytes that were written. */
export function isTableIntact(folder: string): boolean {
  const path = join(folder, TABLE);
  if (!existsSync(path) || !existsSync(join(folder, TABLE_DIGEST))) return false;
  const [digest] = readFileSync(join(folder, TABLE_DIGEST), 'utf8').split(' ');
  return sha256OfFile(path) === digest;
}

/** Numbers that JSON lacks, as the texts that pandas and polars read as numbers. */
function nonFinite(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
