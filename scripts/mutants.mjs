// Damages small valid files of each format in many ways, reads them with polysem and, where Python has it, with the
// reference reader of the format, and compares the values.
//
//   npm run mutants -- [--parser npy,gguf] [--count 1000] [--seed 1] [--first 0] [--python python3] [--out FOLDER] [--json]
//
// Exit status 1 if a mutant ends the process, gives other values than the reference, takes more than 2 s, or more than
// 10 MB of memory for each started kilobyte of the file.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { OUTCOMES } from './mutants/judge.mjs';
import { PARSERS } from './mutants/parsers.mjs';
import { runMutants } from './mutants/run.mjs';

const HELP = `npm run mutants -- [options]

  --parser A,B   parsers to test: ${Object.keys(PARSERS).join(', ')}; default all
  --count N      mutants per parser; default 1000
  --first N      number of the first mutant; default 0. Mutant N of a seed is always the same file
  --seed N       seed of the damage; default 1
  --python PATH  Python with the reference readers (numpy, safetensors, gguf, torch, onnx, pyarrow, scipy); default
                 python3. A parser whose reader is missing is tested without comparison. 'none' for no Python
  --out FOLDER   keeps the mutants that fail, and two of each kind that only one side reads
  --json         one JSON object per parser instead of a line
`;

function text(value) {
  return { type: 'string', default: value };
}

function settings() {
  const { values } = parseArgs({
    options: {
      parser: text(Object.keys(PARSERS).join(',')),
      count: text('1000'),
      first: text('0'),
      seed: text('1'),
      python: text('python3'),
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const parsers = values.parser.split(',');
  const unknown = parsers.find((name) => !Object.hasOwn(PARSERS, name));
  if (unknown !== undefined) {
    throw new Error(`--parser: "${unknown}" is not one of ${Object.keys(PARSERS).join(', ')}`);
  }
  const whole = (flag, least) => {
    const number = Number(values[flag]);
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new Error(`--${flag}: "${values[flag]}" is not a whole number of at least ${least}`);
  };
  return {
    ...values,
    parsers,
    count: whole('count', 1),
    first: whole('first', 0),
    seed: whole('seed', 0),
    python: values.python === 'none' ? null : values.python,
    out: values.out ?? null,
  };
}

/** One line with the counts that are not 0, and one for each reason. */
function summary({ parser, mutants, without, outcomes, most, reasons }) {
  const counts = Object.entries(outcomes)
    .filter(([outcome, count]) => count > 0 || OUTCOMES[outcome].fails)
    .map(([outcome, count]) => `${count} ${outcome}`);
  const note = without === null ? '' : ` (without a reference: ${without})`;
  const lines = reasons
    .filter(({ reason }) => !reason.startsWith('only reference'))
    .map(
      ({ reason, count, mutants: some }) => `    ${count} ${reason} (mutant ${some.join(', ')})`,
    );
  const used = `at most ${Math.round(most.ms)} ms and ${(most.bytes / 1e6).toFixed(1)} MB`;
  return [`${parser}: ${mutants} mutants: ${counts.join(', ')}; ${used}${note}`, ...lines].join(
    '\n',
  );
}

function progress(line) {
  process.stderr.write(`${line}\n`);
}

async function main() {
  const { parsers, help, json, ...options } = settings();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  for (const parser of parsers) {
    // oxlint-disable-next-line no-await-in-loop -- one parser at a time
    const found = await runMutants(parser, { ...options, progress });
    process.stdout.write(`${json ? JSON.stringify(found) : summary(found)}\n`);
    if (Object.entries(found.outcomes).some(([outcome, n]) => n > 0 && OUTCOMES[outcome].fails)) {
      process.exitCode = 1;
    }
  }
}

try {
  await main();
} catch (error) {
  console.error(`mutants: ${error.message}`);
  process.exitCode = 2;
}
