import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../usage-error.ts';
import { makeFolder, replaceFile, writeAll, writeOnce } from './write-once.ts';

/** The state of a running process, as `sweep status` shows it. */
export interface RunningState {
  /** `all`, `shard 2/8` or `worker`. */
  readonly role: string;
  readonly host: string;
  readonly pid: number;
  /** Start of the process in ticks since the machine started; tells it from a later one with the same pid. Null if unknown. */
  readonly started: string | null;
  /** Counts the beats: a process whose count stands still is dead. */
  readonly beat: number;
  /** Cells that this process finished, and those that it has left. */
  readonly done: number;
  readonly left: number;
  readonly failed: number;
  /** Cells per second; null while unknown. */
  readonly rate: number | null;
}

/** A living process holds the part that another wants. */
export class PartIsTaken extends UsageError {}

/** A process's right to work on a part of a sweep. While it is held, no other process takes the same part. */
export interface Lease {
  /** A new name for a temporary file, which whoever takes the part later removes. */
  readonly temporary: () => string;
  /** Tells others the progress. */
  readonly beat: (state: Pick<RunningState, 'done' | 'left' | 'failed' | 'rate'>) => void;
  readonly release: () => void;
}

/** Milliseconds between two beats. */
export const BEAT: number = 2000;

/**
 * Takes a part of a sweep.
 *
 * @param folder the folder of the sweep.
 * @param role the part: `all`, or a shard; each can be held by one process.
 * @param onNote called with a line for the user while another machine is watched for signs of life.
 * @returns the lease.
 * @throws PartIsTaken if a living process holds the part.
 */
export async function takeLease(
  folder: string,
  role: string,
  onNote: (line: string) => void,
): Promise<Lease> {
  const running = join(folder, 'running');
  const base = join(running, role.replaceAll(/[^\w-]+/g, '-'));
  const path = `${base}.json`;
  const state = ownState(role);
  let files = 0;
  const temporary = (): string => `${base}.${process.pid}-${files++}.tmp`;
  const take = (): boolean => {
    // A process that ends may have just removed the empty folder.
    makeFolder(running);
    return writeOnce(path, temporary(), (file) => writeAll(file, JSON.stringify(state)));
  };
  while (!take()) {
    const holder = readState(path);
    // oxlint-disable-next-line no-await-in-loop -- one holder after the other
    if (holder !== null && (await isAlive(path, holder, onNote))) {
      throw new PartIsTaken(
        `${folder}: process ${holder.pid} on ${holder.host} already computes this sweep (${holder.role}); wait for it, or stop it first`,
      );
    }
    setAside(path);
  }
  removeTemporaries(running, base);
  let beat = 0;
  return {
    temporary,
    beat: (progress) => {
      beat++;
      try {
        replaceFile(path, temporary(), JSON.stringify({ ...state, ...progress, beat }));
      } catch {
        // A full disk stops the next result, which says so.
      }
    },
    release: () => {
      rmSync(path, { force: true });
      removeTemporaries(running, base);
    },
  };
}

/**
 * Lists the processes that work on a sweep on this machine and on others. Those of this machine that have died are left out;
 * those of other machines cannot be checked at once.
 *
 * @param folder the folder of the sweep.
 */
export function runningProcesses(folder: string): RunningState[] {
  return leaseFiles(folder).flatMap((path) => {
    const state = readState(path);
    return state !== null && (state.host !== hostname() || isAliveHere(state)) ? [state] : [];
  });
}

/** Removes what dead processes of this machine left behind in the folder of running processes, and the folder if it is empty. */
export function removeDead(folder: string): void {
  const running = join(folder, 'running');
  for (const path of leaseFiles(folder)) {
    const state = readState(path);
    if (state !== null && (state.host !== hostname() || isAliveHere(state))) continue;
    rmSync(path, { force: true });
    removeTemporaries(running, path.slice(0, -'.json'.length));
  }
  try {
    rmdirSync(running);
  } catch {
    // Not empty, or gone already.
  }
}

function leaseFiles(folder: string): string[] {
  try {
    const running = join(folder, 'running');
    return readdirSync(running)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(running, name));
  } catch {
    return [];
  }
}

function ownState(role: string): RunningState {
  const { pid } = process;
  const none = { beat: 0, done: 0, left: 0, failed: 0, rate: null };
  return { role, host: hostname(), pid, started: statOf(pid)?.start ?? null, ...none };
}

function readState(path: string): RunningState | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunningState;
  } catch {
    return null;
  }
}

/** True if the holder of a lease still runs. A process of another machine is watched for a few beats. */
async function isAlive(
  path: string,
  holder: RunningState,
  onNote: (line: string) => void,
): Promise<boolean> {
  if (holder.host === hostname()) return isAliveHere(holder);
  onNote(
    `${path}: held by process ${holder.pid} on ${holder.host}; watching it for ${(4 * BEAT) / 1000} s`,
  );
  // Counts are compared, not times: clocks of machines differ, and jump.
  await new Promise((resolve) => setTimeout(resolve, 4 * BEAT));
  const now = readState(path);
  return now !== null && (now.beat !== holder.beat || now.pid !== holder.pid);
}

function isAliveHere({ pid, started }: RunningState): boolean {
  try {
    // Signal 0 is not sent; it only asks whether the process exists.
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = statOf(pid);
  if (now === null) return true;
  // A process that was killed stays until its parent asks for its end, which the first process of some containers never does.
  return now.state !== 'Z' && (started === null || now.start === started);
}

/** State and start of a process, from /proc; null on systems without it. */
function statOf(pid: number): { readonly state: string; readonly start: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may contain spaces; the start is the twentieth field after it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], start: fields[19] };
  } catch {
    return null;
  }
}

/** Takes a dead lease away; of several processes that try, one succeeds. */
function setAside(path: string): void {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    renameSync(path, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function removeTemporaries(running: string, base: string): void {
  try {
    for (const name of readdirSync(running)) {
      const path = join(running, name);
      if (path.startsWith(`${base}.`) && path.endsWith('.tmp')) rmSync(path, { force: true });
    }
  } catch {
    // The folder is gone, and its files with it.
  }
}
