// Reads the mutants [first, end) of a parser and writes one line of JSON per mutant to standard output. Each line is written
// at once, so that the first missing line names the mutant that ended the process.
//
//   node child.mjs PARSER SEED FIRST END

import { writeSync } from 'node:fs';
import process from 'node:process';
import { measured } from './measured.mjs';
import { filesOf, mutant } from './mutant.mjs';
import { PARSERS } from './parsers.mjs';
import { readFiles } from './reading.mjs';
import { SEEDS } from './seeds.mjs';

const [, , parser, seed, first, end] = process.argv;
const seeds = SEEDS[parser]();
const { read } = PARSERS[parser];

// The first readings compile the code, which takes memory and time of its own.
const undamaged = [];
for (const files of seeds) {
  // oxlint-disable-next-line no-await-in-loop -- one file at a time
  undamaged.push(JSON.stringify(await readFiles(read, files)));
}

for (let index = Number(first); index < Number(end); index++) {
  const made = mutant(parser, seeds, Number(seed), index);
  const files = filesOf(seeds, made);
  // oxlint-disable-next-line no-await-in-loop -- one file at a time
  const { result, ms, bytes } = await measured(() => readFiles(read, files));
  const isAsUndamaged = JSON.stringify(result) === undamaged[made.origin];
  writeSync(1, `${JSON.stringify({ index, ...result, isAsUndamaged, ms, bytes })}\n`);
}
