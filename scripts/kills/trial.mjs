// Kills a command at one moment, runs it again to the end, and says what differs from an uninterrupted run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { INPUT } from './commands.mjs';
import { leftIn } from './journal.mjs';

const BIN = fileURLToPath(new URL('../../packages/polysem/bin/polysem.js', import.meta.url));
const WATCH = new URL('watch.mjs', import.meta.url).href;

/** Runs a command in a folder; with `killAfter`, kills it after this time in milliseconds unless it has ended. */
function run(words, folder, killAfter) {
  const logs = mkdtempSync(join(tmpdir(), 'polysem-kills-log-'));
  const log = join(logs, 'log');
  const began = performance.now();
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', WATCH, BIN, ...words],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, KILLS_LOG: log, KILLS_INPUT: INPUT },
      ...(killAfter !== undefined && { timeout: Math.ceil(killAfter), killSignal: 'SIGKILL' }),
    },
  );
  const time = performance.now() - began;
  const lines = readdirSync(logs).length === 0 ? [] : readFileSync(log, 'utf8').trim().split('\n');
  rmSync(logs, { recursive: true });
  return { status, signal, stdout, stderr, time, log: lines.map((line) => JSON.parse(line)) };
}

/** The lines of a command on stderr, apart from its progress. */
const notesIn = ({ stderr }) =>
  stderr
    .split('\n')
    .filter((line) => !/: \d+%, .* left$/.test(line))
    .join('\n');
const finishedIn = ({ log }) => log.filter((line) => line.finished === 1).length;
const bytesIn = ({ log }) => log.find((line) => line.bytes !== undefined)?.bytes ?? 0;

function contents(folder) {
  return readdirSync(folder)
    .toSorted()
    .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]);
}

/** Calls `use` with a new folder, and removes it. */
function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-kills-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command without interruption. */
export function runWhole(words) {
  return inFolder((folder) => {
    const whole = run(words, folder);
    if (whole.status !== 0) throw new Error(`${words.join(' ')}: ${whole.stderr}`);
    return { ...whole, files: contents(folder), parts: finishedIn(whole), bytes: bytesIn(whole) };
  });
}

/**
 * Kills a command after a time in milliseconds, and runs it again to the end.
 *
 * @returns the time of a run that ended before it was killed, what the kill left, and a list of faults.
 */
export function killOnce(words, whole, killAfter) {
  return inFolder((folder) => {
    const cut = run(words, folder, killAfter);
    const left = leftIn(folder);
    const again = run(words, folder);
    const isKilled = cut.signal === 'SIGKILL';
    const took = isKilled ? Infinity : cut.time;
    return { isKilled, took, left, faults: faultsOf({ folder, whole, left, again, isKilled }) };
  });
}

const names = (files) => files.map(([name]) => name).join(' ');

function faultsOf({ folder, whole, left, again, isKilled }) {
  const faults = [];
  if (again.status !== 0) faults.push(`ended with ${again.status}: ${again.stderr.trim()}`);
  if (again.stdout !== whole.stdout) faults.push('printed something else');
  if (notesIn(again) !== notesIn(whole)) faults.push(`said ${JSON.stringify(notesIn(again))}`);
  const files = contents(folder);
  if (names(files) !== names(whole.files)) faults.push(`left ${names(files)}`);
  else if (JSON.stringify(files) !== JSON.stringify(whole.files)) faults.push('wrote other bytes');
  if (!isKilled) return faults;
  const computed = finishedIn(again);
  if (computed !== whole.parts - left.finished)
    faults.push(`had ${left.finished} of ${whole.parts} parts, and computed ${computed}`);
  for (const { part, step } of left.states) {
    const next = again.log.find((line) => line.part === part);
    if (step !== null && next !== undefined && next.step <= step)
      faults.push(`kept step ${step} of ${part}, and continued from before ${next.step}`);
  }
  const isBegun = left.finished > 0 || left.states.length > 0;
  if (isBegun && whole.bytes > 0 && bytesIn(again) >= whole.bytes)
    faults.push(`read all ${whole.bytes} bytes again`);
  return faults;
}
