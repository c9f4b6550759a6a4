// Mutation testing: makes small random changes in the sources, one at a time, and runs the nearest tests on each. A change
// that no test notices survives: it is equivalent, or a test is missing.
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { chooseMutants } from './mutate/choose.mjs';
import { builtCopy, removeCopy } from './mutate/copy.mjs';
import { testsByDistance } from './mutate/reach.mjs';
import { countsByRoom, lineOf, table } from './mutate/report.mjs';
import { mutantTrial } from './mutate/try.mjs';
import { typeChecker } from './mutate/types.mjs';

const HELP = `npm run mutate -- [options]

Makes random changes in packages/*/src, one at a time in a copy of the repository, and runs the tests that reach the changed
file, nearest first, until one fails. Lists every change that no test noticed.

  --count <n>      number of mutants (default 100)
  --seed <n>       seed of the choice (default 1)
  --room <name>    only this package or folder of a package, for example engine or core/theory
  --budget <s>     seconds of tests per mutant (default 30)
  --files <n>      least number of test files per mutant, however long they take (default 8): seconds depend on the load
  --minutes <m>    start no further mutant after so many minutes (default: no limit)
  --no-types       try mutants with type errors too; by default they count as skipped
  --list           print the mutants without trying them
  --json           print the results as JSON`;

const { values: flags } = parseArgs({
  allowNegative: true,
  options: {
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    room: { type: 'string', default: '' },
    budget: { type: 'string', default: '30' },
    files: { type: 'string', default: '8' },
    minutes: { type: 'string', default: 'Infinity' },
    types: { type: 'boolean', default: true },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function main() {
  if (flags.help) return console.log(HELP);
  const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
  const [count, seed, budget, files, minutes] = ['count', 'seed', 'budget', 'files', 'minutes'].map(
    number,
  );
  const mutants = chooseMutants(root, { count, seed, room: flags.room });
  if (mutants.length === 0) throw new Error(`--room: no sources in ${flags.room}`);
  if (flags.list)
    return console.log(mutants.map((mutant) => lineOf({ ...mutant, outcome: '' })).join('\n'));
  const bounds = { budget, files, end: Date.now() + 60_000 * minutes };
  const results = await tried(root, mutants, bounds);
  if (flags.json)
    return console.log(JSON.stringify({ seed, rooms: countsByRoom(results), results }));
  console.log(`\n${table(results)}\n`);
  for (const result of results) if (result.outcome === 'survived') console.log(lineOf(result));
}

/** Tries mutants until the time is over, and prints each to standard error. */
async function tried(root, mutants, { end, ...bounds }) {
  const copy = builtCopy(root);
  process.on('exit', () => removeCopy(copy));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
  const typeError = flags.types ? typeChecker(copy) : null;
  const tryMutant = mutantTrial({ copy, reaching: testsByDistance(root), typeError, bounds });
  const results = [];
  for (const mutant of mutants) {
    if (Date.now() > end) break;
    // oxlint-disable-next-line no-await-in-loop -- one mutant at a time in the copy
    results.push(await tryMutant(mutant));
    console.error(`${results.length}/${mutants.length} ${lineOf(results.at(-1))}`);
  }
  return results;
}

function number(name) {
  const value = Number(flags[name]);
  if (!(value >= 0)) throw new Error(`--${name}: not a number: ${flags[name]}`);
  return value;
}

await main();
