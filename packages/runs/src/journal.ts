import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

/** Finished parts of a long run on disk, from which an interrupted run continues. */
export interface Journal<T> {
  /** Parts that an earlier, interrupted run of the same identity finished. */
  readonly done: ReadonlyMap<number, T>;
  /** Writes a finished part to disk, where it survives if the process is killed. */
  readonly add: (part: number, value: T) => void;
  /** Removes the journal once the run is finished and its result is stored elsewhere. */
  readonly finish: () => void;
}

/**
 * Opens the journal of a run: lines of JSON, the first with the run's identity. A journal with
 * another identity is replaced, and an incomplete last line is dropped. Nothing is written before
 * the first part is done.
 *
 * @param path file of the journal.
 * @param identity identity of the run.
 * @returns the journal.
 */
export function openJournal<T>(path: string, identity: string): Journal<T> {
  const done = new Map<number, T>();
  let whole = '';
  if (existsSync(path)) {
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const entry = parseLine(line);
      if (entry === null) break;
      if (whole === '' && entry.identity !== identity) break;
      if (whole !== '') done.set(entry.part as number, entry.value as T);
      whole += `${line}\n`;
    }
  }
  let isBegun = false;
  return {
    done,
    add: (part, value) => {
      if (!isBegun) {
        // Written to another file and renamed, so that a kill at this moment loses nothing.
        const half = `${path}.tmp`;
        writeFileSync(half, whole === '' ? `${JSON.stringify({ identity })}\n` : whole);
        renameSync(half, path);
      }
      isBegun = true;
      appendFileSync(path, `${JSON.stringify({ part, value })}\n`);
    },
    finish: () => rmSync(path, { force: true }),
  };
}

function parseLine(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
