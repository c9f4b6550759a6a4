// Runs the readings in a process of their own, which is ended when it hangs and started again when it dies.

import { spawn } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MOST_MS } from './limits.mjs';

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
/** Time without a line after which the process is ended; far more than the limit, so that a busy machine is no fault. */
const SILENCE_MS = 30 * MOST_MS;
/** The young generation has 3 times as many megabytes; the heap is limited so that a leak ends the process. */
const FLAGS = ['--max-semi-space-size=64', '--min-semi-space-size=64', '--max-old-space-size=1024'];

/**
 * Reads the mutants [first, end) and returns one result for each, as child.mjs describes. A mutant at which the process
 * died has `crash`, one at which it fell silent has `ms` of the silence.
 */
export async function readMutants(parser, seed, first, end) {
  const results = [];
  while (first + results.length < end) {
    const at = first + results.length;
    // oxlint-disable-next-line no-await-in-loop -- continues behind the mutant that ended the last process
    const { lines, silent, problem } = await readSome(parser, seed, at, end);
    results.push(...lines);
    const index = at + lines.length;
    if (index >= end) break;
    results.push({
      index,
      bytes: 0,
      ms: silent ? SILENCE_MS : 0,
      ...(silent ? { refusal: 'none' } : { crash: problem }),
    });
  }
  return results;
}

/** Reads until the process ends by itself, or is ended because it is silent. */
function readSome(parser, seed, first, end) {
  const words = [parser, seed, first, end].map(String);
  const child = spawn(process.execPath, [...FLAGS, CHILD, ...words]);
  const lines = [];
  let silent = false;
  let problem = '';
  const timer = setTimeout(() => {
    silent = true;
    child.kill('SIGKILL');
  }, SILENCE_MS);
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line));
    timer.refresh();
  });
  child.stderr.on('data', (data) => {
    problem = (problem + String(data)).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ lines, silent, problem: `the process ended with ${signal ?? code}: ${problem}` });
    });
  });
}
