import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256OfFile } from '../file-sha256.ts';
import { rowDigest, ROW_DIGEST_BYTES, type Row } from '../store/rows.ts';
import { readCells, readRows, segmentRange } from '../store/segment.ts';
import { ROWS, WEIGHTS } from '../store/sweep-store.ts';
import { isTableIntact, TABLE } from '../store/table.ts';
import { openResults, type SweepResults } from './open-results.ts';

/** Digests of a sweep that were compared with its files. */
export interface SweepCheck {
  /** Rows, files of weights and tables that have the bytes that were written. */
  readonly rows: number;
  readonly weights: number;
  readonly table: 'intact' | 'damaged' | 'absent';
  /** One line per file that is damaged or missing, relative to the folder. */
  readonly problems: readonly string[];
}

/**
 * Compares every row, every file of weights and the table of a sweep with their digests; changes nothing.
 *
 * @param folder the folder.
 * @returns counts, and what is damaged.
 * @throws UsageError if it is not the folder of a sweep.
 *
 * @example
 * ```js
 * import { checkSweep } from 'polysem/sweep';
 * checkSweep('.'); // throws UsageError
 * ```
 */
export function checkSweep(folder: string): SweepCheck {
  const results = openResults(folder);
  const problems: string[] = [];
  let [rows, weights] = [0, 0];
  const names = weightsFiles(results);
  for (const name of rowFiles(folder)) {
    const found = rowsOf(results, name);
    if (found === null) {
      if (existsSync(join(folder, ROWS, name))) problems.push(`${ROWS}/${name}: is damaged`);
      continue;
    }
    rows += found.length;
    for (const { index, weights: digest } of found) {
      if (digest === null) continue;
      const own = names(index);
      const states = own.map((file) => sha256OfFile(join(folder, WEIGHTS, file)));
      if (states.includes(digest)) weights++;
      else
        problems.push(
          `${WEIGHTS}/${own[0]}: is ${states[0] === null ? 'missing' : 'damaged'}; its row is in ${ROWS}/${name}`,
        );
    }
  }
  const table = isTableIntact(folder)
    ? 'intact'
    : existsSync(join(folder, TABLE))
      ? 'damaged'
      : 'absent';
  if (table === 'damaged') problems.push(`${TABLE}: is damaged`);
  return { rows, weights, table, problems };
}

/** The rows of a file; null if they differ from their digests. */
function rowsOf({ folder, manifest }: SweepResults, name: string): readonly Row[] | null {
  const path = join(folder, ROWS, name);
  const cells = readCells(path, manifest.identity);
  const rows = readRows(path, manifest.identity, manifest.results);
  if (cells === null || rows === null) return null;
  const isWhole = rows.every(({ index: _index, digest: _digest, ...row }, k) =>
    rowDigest(row).equals(cells.digests.subarray(k * ROW_DIGEST_BYTES, (k + 1) * ROW_DIGEST_BYTES)),
  );
  return isWhole ? rows : null;
}

function rowFiles(folder: string): string[] {
  if (!existsSync(join(folder, ROWS))) return [];
  return readdirSync(join(folder, ROWS))
    .filter((name) => segmentRange(name) !== null)
    .toSorted();
}

/** The names of the files of weights of a cell, its own first; further ones hold conflicting results. */
function weightsFiles({ folder, plan }: SweepResults): (index: number) => readonly string[] {
  const byCell = new Map<string, string[]>();
  const all = existsSync(join(folder, WEIGHTS)) ? readdirSync(join(folder, WEIGHTS)) : [];
  for (const name of all) {
    const id = name.slice(0, 64);
    byCell.set(id, [...(byCell.get(id) ?? []), name]);
  }
  return (index) => {
    const { id } = plan.cell(index);
    const own = `${id}.safetensors`;
    return [own, ...(byCell.get(id) ?? []).filter((name) => name !== own)];
  };
}
