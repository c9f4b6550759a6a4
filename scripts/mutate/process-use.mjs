// Use of the processor and of memory by a process and its descendants, from /proc of Linux.
import { readFileSync } from 'node:fs';

/** Kernel ticks per second, which Linux fixes for programs. */
const TICKS = 100;
const PAGE = 4096;

/**
 * Seconds of the processor of a process, and those and the memory of all its descendants.
 *
 * @param {number} pid
 * @param {ReadonlySet<string>} ignored children that do not count.
 * @returns {{ own: number, seconds: number, bytes: number }} zeros where the system has no /proc.
 */
export function useOf(pid, ignored = new Set()) {
  const own = statOf(pid);
  const sum = { own: own === null ? 0 : secondsOf(own.slice(11, 13)), seconds: 0, bytes: 0 };
  const open = childrenOf(pid).filter((child) => !ignored.has(child));
  for (const child of open) {
    const fields = statOf(child);
    if (fields === null) continue;
    // Fields 14 to 17: its own time, and that of the children that ended; 24: resident pages.
    sum.seconds += secondsOf(fields.slice(11, 15));
    sum.bytes += Number(fields[21]) * PAGE;
    open.push(...childrenOf(child));
  }
  return sum;
}

function secondsOf(fields) {
  return fields.reduce((sum, field) => sum + Number(field), 0) / TICKS;
}

/** Numbers of the children of a process, as text. */
export function childrenOf(pid) {
  const text = read(`/proc/${pid}/task/${pid}/children`);
  return text.split(' ').filter((word) => word !== '');
}

/** Fields of /proc/PID/stat from the third on; the second, the name, may hold spaces. */
function statOf(pid) {
  const text = read(`/proc/${pid}/stat`);
  return text === '' ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Text of a file, empty once its process has ended. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
