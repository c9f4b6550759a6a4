import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SweepPlan } from '../plan.ts';
import { readCells, readRows, segmentRange, writeSegment, type SegmentCells } from './segment.ts';
import { DONE, ROW_DIGEST_BYTES, rowDigest, type Row } from './rows.ts';
import { makeFolder, writeAll, writeOnce } from './write-once.ts';

/** Two different results of one cell. */
export interface Conflict {
  readonly index: number;
  /** Names of the files of rows that hold them. */
  readonly files: readonly [string, string];
}

/** Makes a new name for a temporary file. */
export type Temporary = () => string;

/** The finished cells of a sweep on disk. */
export interface SweepStore {
  readonly folder: string;
  /** Per cell of the plan: `OPEN`, `DONE`, `FAILED` or `RETRYABLE`. */
  readonly states: Uint8Array;
  /** Cells with two different results; both are kept. */
  readonly conflicts: readonly Conflict[];
  /** Files that were found damaged. */
  readonly damaged: readonly string[];
  /** Keeps rows; they are safe on disk when it returns. Rows that are there already are skipped, and a result replaces a failure. */
  readonly keep: (rows: readonly Row[], temporary: Temporary) => void;
  /** Keeps the weights of a cell; before its row. */
  readonly keepWeights: (
    cell: { readonly index: number; readonly id: string },
    bytes: Uint8Array,
    temporary: Temporary,
  ) => void;
  /** The rows of an interval of cells, ascending: the result of each cell, or else its failure. */
  readonly rows: (first: number, end: number) => Row[];
  /** The failed cells of an interval, ascending; their results are not read. */
  readonly failures: (first: number, end: number) => Row[];
  /**
   * Puts the rows of every `LARGE` cells into one file. No other process may write meanwhile.
   *
   * @returns true if files changed.
   */
  readonly tidy: (temporary: Temporary) => boolean;
}

/** Names of the folders within that of a sweep. */
export const ROWS = 'rows';
export const WEIGHTS = 'weights';
const DAMAGED = 'damaged';

/** Number of files of similar size that are joined into one. */
const JOINED = 24;
/** Rows of a file that is large enough. */
export const LARGE: number = 2 ** 16;

/** A file of rows is damaged, or gone because another process has just joined it with others. */
export class UnreadableRows extends Error {
  readonly isDamaged: boolean;

  constructor(path: string, isDamaged: boolean) {
    super(
      `${path}: is ${isDamaged ? 'damaged' : 'gone'}; give polysem sweep run again, and its cells are computed again`,
    );
    this.isDamaged = isDamaged;
  }
}

interface Segment {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly own: SegmentCells;
  /** True if this process wrote it. */
  readonly isOwn: boolean;
}

/**
 * Opens the store of a sweep and finds the finished cells. The cells of damaged files are open again.
 *
 * @param folder the folder of the sweep.
 * @param plan the plan.
 * @param onNote called with a line for the user about each damaged file, which is moved to the folder `damaged`; without it,
 *   nothing is changed on disk.
 * @returns the store.
 */
// Long because its functions share the list of files.
export function openSweepStore(
  folder: string,
  { identity, size, resultColumns }: Pick<SweepPlan, 'identity' | 'size' | 'resultColumns'>,
  onNote?: (line: string) => void,
): SweepStore {
  const rowsFolder = join(folder, ROWS);
  const states = new Uint8Array(size);
  const segments = new Map<string, Segment>();
  const conflicts: Conflict[] = [];
  const damaged: string[] = [];
  for (let names = namesIn(rowsFolder); names.length > 0;) {
    for (const name of names) {
      const cells = readCells(join(rowsFolder, name), identity);
      if (cells !== null) add(name, cells, false);
      // Another process may have joined it with others.
      else if (existsSync(join(rowsFolder, name))) reportDamage(join(ROWS, name));
    }
    const isGone = names.some((name) => !existsSync(join(rowsFolder, name)));
    names = isGone ? namesIn(rowsFolder).filter((name) => !segments.has(name)) : [];
  }

  function reportDamage(path: string): void {
    damaged.push(path);
    if (onNote !== undefined) setAside(folder, path, onNote);
  }

  /** Adds a file whose cells may be in others too. */
  function add(name: string, found: SegmentCells, isOwn: boolean): void {
    for (const [k, index] of found.cells.entries()) {
      if (index >= size) continue;
      const state = found.states[k];
      if (state === DONE && states[index] === DONE) compare(name, found, k);
      if (states[index] !== DONE) states[index] = state;
    }
    list(name, found, isOwn);
  }

  function list(name: string, own: SegmentCells, isOwn: boolean): void {
    const range = segmentRange(name);
    if (range !== null) segments.set(name, { name, ...range, own, isOwn });
  }

  /** Compares a result with one that is there already. */
  function compare(name: string, { cells, digests }: SegmentCells, k: number): void {
    const digest = digests.subarray(k * ROW_DIGEST_BYTES, (k + 1) * ROW_DIGEST_BYTES);
    const other = results(cells[k]).find((result) => !result.digest.equals(digest));
    if (other !== undefined) conflicts.push({ index: cells[k], files: [other.name, name] });
  }

  /** Files and digests of the results of a cell. */
  function results(index: number): { readonly name: string; readonly digest: Buffer }[] {
    return [...segments.values()].flatMap(({ name, first, last, own }) => {
      if (index < first || index > last) return [];
      const at = placeOf(index, own.cells);
      if (at < 0 || own.states[at] !== DONE) return [];
      const from = at * ROW_DIGEST_BYTES;
      return { name, digest: Buffer.from(own.digests.subarray(from, from + ROW_DIGEST_BYTES)) };
    });
  }

  function write(rows: readonly Row[], temporary: string): ReturnType<typeof writeSegment> {
    makeFolder(rowsFolder);
    return writeSegment({ folder: rowsFolder, identity, temporary }, rows, resultColumns);
  }

  /** True if a row adds nothing to what is there. */
  function isKept(row: Row): boolean {
    if (states[row.index] !== DONE) return false;
    if (row.failure !== null) return true;
    const digest = rowDigest(row);
    return results(row.index).some((result) => result.digest.equals(digest));
  }

  function keep(rows: readonly Row[], temporary: Temporary): void {
    const open = rows.filter((row) => !isKept(row));
    if (open.length === 0) return;
    const once = new Map(open.map((row) => [row.index, row]));
    const { name, own } = write([...once.values()], temporary());
    add(name, own, true);
    // A cell that ended twice at once: the other row goes to a file of its own, unless it is the same.
    if (once.size < open.length) {
      keep(
        open.filter((row) => once.get(row.index) !== row),
        temporary,
      );
    }
    for (const group of similarSizes([...segments.values()].filter(({ isOwn }) => isOwn)))
      joinFiles(group, temporary);
  }

  /** Joins files into one. */
  function joinFiles(group: readonly Segment[], temporary: Temporary): void {
    if (conflicts.length > 0) return;
    const { name, own } = write(merged(group), temporary());
    list(name, own, true);
    // A file that already had all rows keeps its name.
    remove(group.filter((segment) => segment.name !== name));
  }

  function remove(group: readonly Segment[]): void {
    for (const { name } of group) {
      rmSync(join(rowsFolder, name), { force: true });
      segments.delete(name);
    }
  }

  /** The rows of files, one per cell, ascending. */
  function merged(group: readonly Segment[], isWanted?: (state: number) => boolean): Row[] {
    const rows = new Map<number, Row>();
    for (const { name } of group) {
      const path = join(rowsFolder, name);
      const found = readRows(path, identity, resultColumns, isWanted);
      if (found === null) {
        const isDamaged = existsSync(path);
        if (isDamaged) reportDamage(join(ROWS, name));
        throw new UnreadableRows(path, isDamaged);
      }
      for (const row of found) if (rows.get(row.index)?.failure !== null) rows.set(row.index, row);
    }
    return [...rows.values()].toSorted((a, b) => a.index - b.index);
  }

  function rowsOf(first: number, end: number, isWanted?: (state: number) => boolean): Row[] {
    const group = [...segments.values()].filter(
      (segment) => segment.first < end && segment.last >= first,
    );
    return merged(group, isWanted).filter(({ index }) => index >= first && index < end);
  }

  function failures(first: number, end: number): Row[] {
    return rowsOf(first, end, (state) => state !== DONE).filter(
      ({ index }) => states[index] !== DONE,
    );
  }

  function tidy(temporary: Temporary): boolean {
    const isTidy = [...segments.values()].every(
      ({ first, last, own }, k) =>
        Math.floor(first / LARGE) === k &&
        last < (k + 1) * LARGE &&
        own.cells.length === last - first + 1,
    );
    if (isTidy || conflicts.length > 0) return false;
    const before = [...segments.values()];
    const kept = new Set<string>();
    for (let first = 0; first < size; first += LARGE) {
      const rows = rowsOf(first, first + LARGE);
      if (rows.length === 0) continue;
      const { name, own } = write(rows, temporary());
      list(name, own, true);
      kept.add(name);
    }
    remove(before.filter(({ name }) => !kept.has(name)));
    return true;
  }

  function keepWeights(
    { index, id }: { readonly index: number; readonly id: string },
    bytes: Uint8Array,
    temporary: Temporary,
  ): void {
    makeFolder(join(folder, WEIGHTS));
    const name = `${id}.safetensors`;
    const writeAs = (to: string): boolean =>
      writeOnce(join(folder, WEIGHTS, to), temporary(), (file) => writeAll(file, bytes));
    if (writeAs(name)) return;
    const digest = sha256(bytes);
    if (sha256(readFileSync(join(folder, WEIGHTS, name))) === digest) return;
    if (states[index] === DONE) {
      writeAs(`${id}-${digest.slice(0, 16)}.safetensors`);
    } else {
      setAside(folder, join(WEIGHTS, name), onNote ?? (() => {}));
      writeAs(name);
    }
  }

  return { folder, states, conflicts, damaged, keep, keepWeights, rows: rowsOf, failures, tidy };
}

/** Place of a cell in an ascending list; -1 if it is not there. */
function placeOf(index: number, cells: Uint32Array): number {
  let [low, high] = [0, cells.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cells[middle] < index) low = middle + 1;
    else high = middle;
  }
  return cells[low] === index ? low : -1;
}

/** Groups of at least {@link JOINED} small files whose numbers of rows differ by at most that factor. */
function similarSizes(segments: readonly Segment[]): Segment[][] {
  const groups = new Map<number, Segment[]>();
  for (const segment of segments) {
    const rows = segment.own.cells.length;
    if (rows >= LARGE) continue;
    const level = Math.floor(Math.log(rows) / Math.log(JOINED));
    groups.set(level, [...(groups.get(level) ?? []), segment]);
  }
  return [...groups.values()].filter((group) => group.length >= JOINED);
}

/** Names of the files of rows. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => segmentRange(name) !== null)
      .toSorted();
  } catch {
    return [];
  }
}

/** Moves a damaged file out of the way. */
function setAside(folder: string, path: string, onNote: (line: string) => void): void {
  makeFolder(join(folder, DAMAGED));
  const name = path.replaceAll(/[/\\]/g, '-');
  let to = join(folder, DAMAGED, name);
  for (let k = 2; existsSync(to); k++) to = join(folder, DAMAGED, `${name}.${k}`);
  renameSync(join(folder, path), to);
  onNote(
    `${join(folder, path)}: is damaged; it was moved to ${to}, and its cells are computed again`,
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
