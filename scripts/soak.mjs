// Uses the command line at random: npm run soak -- [--minutes 30] [--seed 1]
//
// Every call takes a valid line of a command and adds random flags from its help, with good, bad and hostile values and files;
// some calls get a signal after a random time. A call is at fault if it
// - ends with another code than 0, 1 (interrupted, or a file that cannot be read), 2 (bad input) or 42 (failed cells);
// - prints a stack trace, or more than one line about bad input, or prints data and ends with 2;
// - ends with 0 after --json and prints no JSON;
// - takes more than two minutes, or a gigabyte of memory;
// - leaves a file that begins or ends as temporary files do.
// The exit status is 1 after a fault. The same seed makes the same calls.
/* oxlint-disable no-await-in-loop -- one call after the other */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { generator } from '@polysem/numerics/random';
import { callAtRandom, knownCommands } from './soak/calls.mjs';
import { faultsOf } from './soak/faults.mjs';
import { writeInputs } from './soak/inputs.mjs';
import { runCall } from './soak/run-call.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write('usage: npm run soak -- [--minutes 30] [--seed 1]\n');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'polysem-soak-'));
const stream = generator(seed);
const codes = {};
const slowest = { seconds: 0, line: '' };
const largest = { bytes: 0, line: '' };
let [calls, faults] = [0, 0];
try {
  const commands = await knownCommands();
  const end = performance.now() + 60_000 * minutes;
  let told = performance.now();
  for (; performance.now() < end; calls++) {
    writeInputs(folder);
    const call = callAtRandom(stream, commands);
    const result = await runCall(call, folder);
    const line = call.words.join(' ');
    codes[result.signal ?? result.code] = (codes[result.signal ?? result.code] ?? 0) + 1;
    if (result.seconds > slowest.seconds) Object.assign(slowest, { seconds: result.seconds, line });
    if (result.bytes > largest.bytes) Object.assign(largest, { bytes: result.bytes, line });
    for (const fault of faultsOf(call, result, folder)) {
      faults++;
      process.stdout.write(`${fault}\n  polysem ${line}\n  ${result.stderr.slice(-600)}\n`);
    }
    if (performance.now() - told < 30_000) continue;
    told = performance.now();
    process.stderr.write(`${calls + 1} calls, ${faults} faults\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const ends = Object.entries(codes).map(([code, count]) => `${code}: ${count}`);
process.stdout.write(
  `${calls} calls, ${faults} faults; ends ${ends.join(', ')}\n` +
    `slowest ${slowest.seconds.toFixed(1)} s: polysem ${slowest.line}\n` +
    `largest ${(largest.bytes / 1e6).toFixed(0)} MB: polysem ${largest.line}\n`,
);
if (faults > 0) process.exitCode = 1;
