// Runs one call and watches its memory.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The command. */
export const program = fileURLToPath(
  new URL('../../packages/polysem/bin/polysem.js', import.meta.url),
);

/** Milliseconds after which a call hangs. */
export const MOST_MS = 120_000;

/** Runs a call in a folder; returns code, signal, output, seconds and the largest resident memory in bytes (Linux). */
export function runCall({ words, kill }, folder) {
  return new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(process.execPath, [program, ...words], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr, bytes] = ['', '', 0];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    const watch = setInterval(() => (bytes = Math.max(bytes, residentBytes(child.pid))), 100);
    const limit = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
    const stop = kill === null ? undefined : setTimeout(() => child.kill(kill.signal), kill.after);
    child.on('close', (code, signal) => {
      clearInterval(watch);
      clearTimeout(limit);
      clearTimeout(stop);
      resolve({ code, signal, stdout, stderr, seconds: (performance.now() - began) / 1000, bytes });
    });
  });
}

/** Largest resident memory of a process so far; 0 if the system does not tell. */
function residentBytes(pid) {
  try {
    const [, kilobytes = '0'] =
      /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return 1024 * Number(kilobytes);
  } catch {
    return 0;
  }
}
