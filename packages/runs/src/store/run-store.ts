import { closeSync, copyFileSync, fstatSync, openSync, renameSync, truncateSync } from 'node:fs';
import { appendRecord, beginFile, indexFile, readRecord, type RecordPlace } from './records.ts';
import { removeFile, removeJournal } from './remove-journal.ts';

/**
 * Results of a long run on disk, from which an interrupted run continues. A run consists of parts, each with a name: a
 * finished part has a value, an unfinished one a state. Values and states are plain data with typed arrays at any depth,
 * and are restored to the last bit, NaN, -0 and infinities included.
 *
 * Finished parts are appended to one file. If the process is killed while it writes, only that part is lost. The state of
 * each unfinished part has a file of its own, replaced atomically. A digest detects damage: a damaged value or state
 * counts as absent, and the file that held it is copied to `<file>.damaged`. If a file cannot be written (full disk, limit on
 * the size of a file), the run goes on and keeps nothing more. Arrays are written and read without a copy.
 */
export interface RunStore {
  /**
   * The value of a part that this run or an earlier one of the same identity finished; undefined if there is none. A value
   * that does not have the expected form counts as damaged.
   */
  readonly finished: (part: string, isValid?: (value: unknown) => boolean) => unknown;
  /** Keeps the value of a finished part, and removes its state. */
  readonly finish: (part: string, value: unknown) => void;
  /** The last state of an unfinished part, likewise. */
  readonly state: (part: string, isValid?: (value: unknown) => boolean) => unknown;
  /** Replaces the state of an unfinished part. */
  readonly keepState: (part: string, state: unknown) => void;
  /** Removes all files, once the result of the run is stored elsewhere; see {@link removeJournal}. */
  readonly remove: () => void;
}

/**
 * Opens the store of a run. Files of a run with another identity are ignored, and replaced by the first write. Nothing is
 * written before a part has a value or a state.
 *
 * @param path file of the finished parts; the state of a part is kept in `<path>-<part>`.
 * @param identity identity of the run, of everything that decides its result.
 * @param onNote called with a line for the user about a damaged file or a file that cannot be written.
 * @returns the store.
 *
 * @example
 * ```js
 * import { openStore } from 'polysem/runs';
 * const store = openStore('.polysem-journal-example', 'a spec');
 * store.finish('row-0', { loss: Float64Array.of(0.5, NaN) });
 * const again = openStore('.polysem-journal-example', 'a spec').finished('row-0');
 * store.remove();
 * again.loss[0]; // 0.5
 * ```
 */
export function openStore(
  path: string,
  identity: string,
  onNote: (line: string) => void = () => {},
): RunStore {
  const index = indexFile(path, identity);
  const places = new Map(index.records.map((place) => [place.part, place] as const));
  let isBegun = false;
  let isFull = false;
  const aside = new Set<string>();
  if (index.isDamaged) setAside(path);

  /** Copies a damaged file, once. */
  function setAside(file: string): void {
    if (aside.has(file)) return;
    aside.add(file);
    const copy = `${file}.damaged`;
    try {
      copyFileSync(file, copy);
      onNote(
        `${file}: is damaged; it was copied to ${copy}, and what it had lost is computed again`,
      );
    } catch {
      onNote(`${file}: is damaged; what it had lost is computed again`);
    }
  }

  /** Writes, unless an earlier write failed. */
  function tryToWrite(file: string, write: () => void): void {
    if (isFull) return;
    try {
      write();
    } catch (error) {
      // Errors without a code are mistakes of the caller, such as a value that cannot be kept.
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      isFull = true;
      removeFile(`${file}.tmp`);
      onNote(
        `${file}: ${message}; the work goes on, but if it is interrupted, what is done from now on is lost`,
      );
    }
  }

  const stateFile = (part: string): string => `${path}-${part}`;
  return {
    finished: (part, isValid = () => true) => {
      const place = places.get(part);
      if (place === undefined) return undefined;
      const value = readRecord(path, identity, place);
      if (value !== undefined && isValid(value.of)) return value.of;
      setAside(path);
      return undefined;
    },
    finish: (part, value) =>
      tryToWrite(path, () => {
        const isNew = !isBegun && !repair(path, identity);
        // A write that fails leaves half a record, which the next one must repair.
        isBegun = false;
        const place = append(path, { identity, isNew }, part, value);
        isBegun = true;
        places.set(part, place);
        removeFile(stateFile(part));
      }),
    state: (part, isValid = () => true) => {
      const file = stateFile(part);
      const { records, isDamaged } = indexFile(file, identity);
      const [place] = records;
      const value = place?.part === part ? readRecord(file, identity, place) : undefined;
      if (value !== undefined && isValid(value.of)) return value.of;
      if (isDamaged || place !== undefined) setAside(file);
      return undefined;
    },
    keepState: (part, state) => {
      const file = stateFile(part);
      tryToWrite(file, () => {
        append(`${file}.tmp`, { identity, isNew: true }, part, state);
        renameSync(`${file}.tmp`, file);
      });
    },
    remove: () => removeJournal(path),
  };
}

/** Cuts off what follows the last whole record; false if the file does not belong to the run. */
function repair(path: string, identity: string): boolean {
  const { end } = indexFile(path, identity);
  if (end > 0) truncateSync(path, end);
  return end > 0;
}

function append(
  path: string,
  { identity, isNew }: { readonly identity: string; readonly isNew: boolean },
  part: string,
  value: unknown,
): RecordPlace {
  const file = openSync(path, isNew ? 'w' : 'a');
  try {
    if (isNew) beginFile(file, identity);
    const written = appendRecord(file, identity, part, value);
    const { size } = fstatSync(file);
    return { part, from: size - written, to: size };
  } finally {
    closeSync(file);
  }
}
