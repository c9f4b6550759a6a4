import { closeSync, fstatSync, openSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { appendRecord, beginFile, indexFile, readRecord, type RecordPlace } from './records.ts';

/**
 * Results of a long run on disk, from which an interrupted run continues. A run consists of parts, each with a name: a
 * finished part has a value, an unfinished one a state. Values and states are plain data with typed arrays at any depth,
 * and are restored to the last bit, NaN, -0 and infinities included.
 *
 * Finished parts are appended to one file. If the process is killed while it writes, only that part is lost. The state of
 * each unfinished part has a file of its own, replaced atomically. A digest detects damage: a damaged value or state
 * counts as absent. Arrays are written and read without a copy.
 */
export interface RunStore {
  /** The value of a part that this run or an earlier one of the same identity finished; undefined if there is none. */
  readonly finished: (part: string) => unknown;
  /** Keeps the value of a finished part, and removes its state. */
  readonly finish: (part: string, value: unknown) => void;
  /** The last state of an unfinished part; undefined if there is none. */
  readonly state: (part: string) => unknown;
  /** Replaces the state of an unfinished part. */
  readonly keepState: (part: string, state: unknown) => void;
  /**
   * Removes the files of all parts that this object was asked about or given, once the result of the run is stored
   * elsewhere.
   */
  readonly remove: () => void;
}

/**
 * Opens the store of a run. Files of a run with another identity are ignored, and replaced by the first write. Nothing is
 * written before a part has a value or a state.
 *
 * @param path file of the finished parts; the state of a part is kept in `<path>-<part>`.
 * @param identity identity of the run, of everything that decides its result.
 * @returns the store.
 *
 * @example
 * ```js
 * import { openStore } from '@polysem/runs/store';
 * const store = openStore('.polysem-journal-example', 'a spec');
 * store.finish('row-0', { loss: Float64Array.of(0.5, NaN) });
 * const again = openStore('.polysem-journal-example', 'a spec').finished('row-0');
 * store.remove();
 * again.loss[0]; // 0.5
 * ```
 */
export function openStore(path: string, identity: string): RunStore {
  const places = new Map(
    indexFile(path, identity).records.map((place) => [place.part, place] as const),
  );
  const parts = new Set(places.keys());
  let isBegun = false;

  const stateFile = (part: string): string => {
    parts.add(part);
    return `${path}-${part}`;
  };
  const dropState = (part: string): void => drop(stateFile(part));

  return {
    finished: (part) => {
      parts.add(part);
      const place = places.get(part);
      return place && readRecord(path, identity, place);
    },
    finish: (part, value) => {
      const isNew = !isBegun && !repair(path, identity);
      // A write that fails leaves half a record, which the next one must repair.
      isBegun = false;
      const place = append(path, identity, isNew, part, value);
      isBegun = true;
      places.set(part, place);
      dropState(part);
    },
    state: (part) => {
      const file = stateFile(part);
      const [place] = indexFile(file, identity).records;
      return place?.part === part ? readRecord(file, identity, place) : undefined;
    },
    keepState: (part, state) => {
      const half = `${stateFile(part)}.tmp`;
      append(half, identity, true, part, state);
      renameSync(half, stateFile(part));
    },
    remove: () => {
      for (const part of parts) dropState(part);
      drop(path);
    },
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
  identity: string,
  isNew: boolean,
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

function drop(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}.tmp`, { force: true });
}
