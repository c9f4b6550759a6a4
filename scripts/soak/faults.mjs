// Judges one call.
import { readdirSync } from 'node:fs';
import { MOST_MS } from './run-call.mjs';

const MOST_BYTES = 1e9;
/** Codes that a call may end with: see docs/sweep-engines.md; 130 and 143 after a signal. */
const CODES = new Set([0, 1, 2, 42, 130, 143]);

/** The faults of a call, one sentence each. */
export function faultsOf(
  { words, kill },
  { code, signal, stdout, stderr, seconds, bytes },
  folder,
) {
  const faults = [];
  if (seconds * 1000 >= MOST_MS) faults.push('hangs');
  else if (signal !== null && signal !== kill?.signal) faults.push(`ended by ${signal}`);
  if (signal === null && !CODES.has(code)) faults.push(`ends with code ${code}`);
  if (/^\s+at .*(?:\.[jt]s|node:)/m.test(stderr)) faults.push('prints a stack trace');
  const problems = stderr.split('\n').filter((line) => line.startsWith('polysem: '));
  if (code === 2 && problems.length !== 1)
    faults.push(`says ${problems.length} lines about bad input`);
  if (code === 2 && stdout !== '') faults.push('prints data and refuses its input');
  if (code === 0 && words.includes('--json') && !words.includes('--help') && !isJson(stdout))
    faults.push('prints no JSON');
  // Escapes of the terminal, other than those of a progress bar on a terminal, which this is not.
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(stderr + stdout))
    faults.push('prints control characters');
  if (bytes > MOST_BYTES) faults.push(`takes ${(bytes / 1e6).toFixed(0)} MB`);
  const left = readdirSync(folder, { recursive: true }).filter((name) =>
    /\.tmp|\.partial|~$/.test(name),
  );
  if (left.length > 0) faults.push(`leaves ${left.join(', ')}`);
  return faults;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
