// Mutation testing: makes small random changes in the sources, one at a time, and runs the tests that execute the changed place.
// A change that no test notices survives: it is equivalent, or a test is missing.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { allMutants, chooseMutants, sourceFiles } from './mutate/choose.mjs';
import { testSources } from './mutate/coverage.mjs';
import { equivalence, faultsOf, readEquivalents } from './mutate/equivalent.mjs';
import { evidence, openJournal, survivorsAmong } from './mutate/journal.mjs';
import { parallelTrials } from './mutate/parallel.mjs';
import { countsByFile, countsByRoom, lineOf, table } from './mutate/report.mjs';

const HELP = `npm run mutate -- [options]

Makes random changes in packages/*/src, one at a time in copies of the repository, and runs the tests that execute the changed
place until one fails. Lists every change that no test noticed. The first run measures which test executes what, which takes
minutes; later runs measure only tests again that load changed files.

  --count <n>      number of mutants, each on a line of its own, or all: one per line (default 100)
  --seed <n>       seed of the choice (default 1)
  --room <name>    only this package, folder or file, for example engine, core/theory or core/theory/bounds.ts
  --again <file>   try what survived in the results in this file, also where sources have changed since, instead of a choice
  --jobs <n>       number of processes that run tests (default: one per processor)
  --budget <s>     seconds of tests per mutant, as measured with coverage, which is slower (default 60)
  --minutes <m>    start no further mutant after so many minutes (default: no limit)
  --out <file>     append each result as a line of JSON, and continue from the results in it that hold: their source is the same,
                   and so is the test that noticed the change, or else all tests (default: .cache/mutation/results.jsonl)
  --report         print all results of these sources in --out, without trying any
  --by-file        count per file too
  --no-types       try mutants with type errors too; by default they count as skipped
  --list           print the mutants without trying them
  --json           print the results as JSON

scripts/mutate/equivalent.json lists mutants that were read and change nothing; they do not count.`;

const OPTIONS = {
  count: { type: 'string', default: '100' },
  seed: { type: 'string', default: '1' },
  room: { type: 'string', default: '' },
  again: { type: 'string' },
  jobs: { type: 'string', default: `${availableParallelism()}` },
  budget: { type: 'string', default: '60' },
  minutes: { type: 'string', default: 'Infinity' },
  out: { type: 'string' },
  report: { type: 'boolean', default: false },
  'by-file': { type: 'boolean', default: false },
  types: { type: 'boolean', default: true },
  list: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

const flags = parsedFlags();

async function main() {
  if (flags.help) return console.log(HELP);
  const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
  const [seed, jobs, budget, minutes] = ['seed', 'jobs', 'budget', 'minutes'].map(number);
  const all = chooseMutants(root, { count: Infinity, seed, room: flags.room });
  if (all.length === 0) refuse(`--room: no sources in ${flags.room}`);
  const mutants = chosen(root, all, seed);
  if (flags.list)
    return console.log(mutants.map((mutant) => lineOf({ ...mutant, outcome: '' })).join('\n'));
  const equivalents = readEquivalents(root);
  const faults = faultsOf(root, equivalents);
  if (faults.length > 0) refuse(faults.join('\n'));
  const out = flags.out ?? join(root, '.cache/mutation/results.jsonl');
  const journal = openJournal(out, evidence(root, sourceFiles(root), testSources(root)));
  const marked = markedBy(equivalence(equivalents));
  if (flags.report) return report(journal, all, marked, out);
  const results = mutants.map((mutant) => marked(journal.known(mutant) ?? mutant));
  const open = results.filter(({ outcome }) => outcome === undefined);
  process.on('exit', () =>
    print(
      results.filter(({ outcome }) => outcome !== undefined),
      all.length,
      out,
    ),
  );
  if (open.length === 0) return;
  const trials = parallelTrials(root, { jobs, budget, types: flags.types });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      trials.close();
      process.exit(1);
    });
  try {
    await trials.tryAll(open, Date.now() + 60_000 * minutes, (result) => {
      journal.add(result);
      results.push(result);
      console.error(`${results.length - open.length}/${mutants.length} ${lineOf(result)}`);
    });
  } finally {
    trials.close();
  }
}

/** Prints all results of the files of these mutants. */
function report(journal, mutants, marked, out) {
  const files = new Set(mutants.map(({ file }) => file));
  const results = journal.all().filter(({ file }) => files.has(file));
  print(results.map(marked), mutants.length, out);
  const old = results.filter((result) => journal.known(result) === null).length;
  if (old > 0) console.error(`${old} of them rest on tests that have changed since`);
}

function chosen(root, all, seed) {
  if (flags.again !== undefined) {
    const survivors = survivorsAmong(allMutants(root, flags.room), flags.again);
    return survivors.length > 0 ? survivors : refuse(`--again: no survivors in ${flags.again}`);
  }
  if (flags.count === 'all') return all;
  return chooseMutants(root, { count: number('count'), seed, room: flags.room });
}

/** Marks mutants that are equivalent. */
function markedBy(reasonOf) {
  return (mutant) => {
    const reason = reasonOf(mutant);
    return reason === null ? mutant : { ...mutant, outcome: 'equivalent', by: reason };
  };
}

function print(results, total, out) {
  if (flags.json) {
    const parts = { rooms: countsByRoom(results), files: countsByFile(results) };
    console.log(JSON.stringify({ total, ...parts, results }));
    return;
  }
  const options = { isSample: results.length < total, byFile: flags['by-file'] };
  console.log(`\n${table(results, options)}\n`);
  for (const result of results)
    if (/^(?:survived|not covered)$/.test(result.outcome))
      console.log(`${lineOf(result)}\n            ${result.code}`);
  console.log(`\n${results.length} of ${total} lines; results: ${out}`);
}

function number(name) {
  const value = Number(flags[name]);
  if (!(value >= 0)) refuse(`--${name}: not a number: ${flags[name]}`);
  return value;
}

function parsedFlags() {
  try {
    return parseArgs({ allowNegative: true, options: OPTIONS }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

/** Ends with one line about bad input. */
function refuse(message) {
  console.error(message);
  process.exit(2);
}

await main();
