// Kills train, phase, measure and compare with SIGKILL at random moments, runs each again to the end, and compares: same bytes and
// output as without interruption, no other file left, and no part computed again that was on disk.
//
//   npm run kills                              40 moments per command, about 10 minutes
//   npm run kills -- --moments 5 --seed 3      fewer moments, others
//   npm run kills -- --only measure            one command

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { generator, uniform } from '@polysem/numerics/random';
import { commandsFor, INPUT, writeInput } from './kills/commands.mjs';
import { killOnce, runWhole } from './kills/trial.mjs';

const { values } = parseArgs({
  options: {
    moments: { type: 'string', default: '40' },
    seed: { type: 'string', default: '0' },
    only: { type: 'string' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'polysem-kills-input-'));
const input = join(folder, INPUT);
writeInput(input);
const moments = Number(values.moments);
const random = generator(Number(values.seed));
let faulty = 0;
try {
  for (const [name, words] of Object.entries(commandsFor(input))) {
    if (values.only !== undefined && values.only !== name) continue;
    const whole = runWhole(words);
    const totals = { killed: 0, begun: 0, states: 0, faults: 0 };
    let { time } = whole;
    // A command that ends before it is killed does not count.
    for (let tries = 0; totals.killed < moments && tries < 3 * moments; tries++) {
      const killAfter = uniform(random) * time;
      const { isKilled, took, left, faults } = killOnce(words, whole, killAfter);
      time = Math.min(time, took);
      totals.killed += isKilled ? 1 : 0;
      totals.begun += left.finished > 0 ? 1 : 0;
      totals.states += left.states.length > 0 ? 1 : 0;
      totals.faults += faults.length > 0 ? 1 : 0;
      for (const fault of faults)
        console.log(`${name}, killed after ${Math.round(killAfter)} ms: ${fault}`);
    }
    console.log(
      `${name}: ${whole.parts} parts in ${(whole.time / 1000).toFixed(1)} s; ${totals.killed} kills, ${totals.begun} after a finished part, ${totals.states} with the state of another; ${totals.faults} faults`,
    );
    faulty += totals.faults;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = faulty > 0 ? 1 : 0;
