import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';

/** Finished parts of a long run on disk, so that a run that was cut off goes on where it stopped. */
export interface Journal<T> {
  /** Parts that an earlier, interrupted run of the same identity finished. */
  readonly done: ReadonlyMap<number, T>;
  /** Writes a finished part down; it survives the process being killed. */
  readonly add: (part: number, value: T) => void;
  /** Removes the journal: the run is whole, and its result is kept elsewhere. */
  readonly finish: () => void;
}

/**
 * Opens the journal of a run: lines of JSON, the first with the run's identity. A journal of another identity is
 * started anew; a last line that was cut off in the middle is dropped. Nothing is written before the first part is done.
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
        // Written beside and renamed, so that a kill in this moment loses nothing.
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
