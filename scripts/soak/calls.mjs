// Random calls of the command line: a valid line per command, and flags from its help.
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { integerBelow, uniform } from '@polysem/numerics/random';
import { INPUTS } from './inputs.mjs';
import { program } from './run-call.mjs';

/** Valid lines; short ones, so that thousands of calls fit into half an hour. */
const LINES = {
  allocate: ['allocate --importance 4,2,1,0.5 --density 0.1 --dims 2'],
  train: [
    'train --importance 1,1 --density 0.1 --dims 1 --seeds 2 --steps 20',
    'train --model compression --activation relu --features 4 --dims 2 --importance 0.9^i --density 0.2 --steps 30 --batch 16',
    'train --model vector-computation --features 4 --dims 3 --importance 1 --density 0.3 --steps 20 --batch 16',
    'train --model compression --activation relu --inputs rows.npy --dims 2 --importance 1 --steps 20',
  ],
  measure: [
    'measure w.npy --features rows',
    'measure sae.safetensors',
    'measure square.npy --features columns',
  ],
  compare: [
    'compare w.npy w.npy --features rows',
    'compare square.npy square.npy --features rows --by order --align',
  ],
  geometry: ['geometry w.npy --features rows', 'geometry square.npy --features rows'],
  audit: [
    'audit w.npy --features rows --stats stats.csv --importance importance --kurtosis kurtosis --resamples 5',
  ],
  phase: [
    'phase --features 3 --dims 1 --density 1:0.1:3 --importance 0.1:10:3',
    'phase --model compression --features 3 --dims 1 --x importance=0.1:10:2 --y density=0.5:0.05:2 --batch 16 --steps 10 --seeds 1',
  ],
  'sweep run': ['sweep run spec.yaml --workers 1'],
  'sweep plan': ['sweep plan spec.yaml'],
  'sweep init': ['sweep init ten-densities'],
};

/** Values that fit somewhere, and values that fit nowhere. */
const VALUES = [
  '0',
  '1',
  '2',
  '3',
  '7',
  '-1',
  '0.5',
  '1e-3',
  '1e308',
  'NaN',
  'Infinity',
  '',
  ' ',
  '1,2,3,4',
  '0.9^i',
  '(i+1)^-0.5',
  '1:0.1:3',
  'importance=0.1:10:2',
  'auto',
  'none',
  'rows',
  '..',
  '[[0,1]]',
  '\u001b[2J',
  'é',
  '--json',
  "'; rm -rf x",
  '9007199254740993',
];

/** Flags that would keep a call from ending, or compute for long. */
const LEFT_OUT = new Set(['--help', '--open', '--queue', '--host', '--port']);

/** The commands with their valid lines and the flags that their help lists. */
export async function knownCommands() {
  return Object.entries(LINES).map(([name, lines]) => {
    const help = execFileSync(process.execPath, [program, ...name.split(' '), '--help'], {
      encoding: 'utf8',
    });
    return { name, lines, flags: flagsOf(help).filter(({ flag }) => !LEFT_OUT.has(flag)) };
  });
}

/** Flags of a help text: name, placeholder of the value (null without one) and the words of its description. */
function flagsOf(help) {
  const [, options = ''] = help.split('\nOptions:\n');
  const found = options.matchAll(
    /^ {2}(?:-\w, )?(--[\w-]+)(?: [<[]([^>\]]+)[>\]])?((?: .*\n?|\n {4,}.*)*)/gm,
  );
  return Array.from(found, ([, flag, placeholder, description]) => ({
    flag,
    placeholder: placeholder ?? null,
    names: description.match(/\b[a-z][a-z0-9]*(?:-[a-z0-9]+)*\b/g) ?? [],
  }));
}

/** A random call: the words, and the milliseconds after which it gets a signal (null: none). */
export function callAtRandom(stream, commands) {
  const oneOf = (list) => list[integerBelow(stream, list.length)];
  const chance = (p) => uniform(stream) < p;
  const { lines, flags } = oneOf(commands);
  const words = oneOf(lines).split(' ');
  for (let k = integerBelow(stream, 4); k > 0; k--) {
    const { flag, placeholder, names } = oneOf(flags);
    words.push(flag);
    if (placeholder === null) continue;
    if (/file|folder|path/i.test(placeholder) || chance(0.1))
      words.push(
        oneOf([
          ...INPUTS,
          'results/out.json',
          'results/out.svg',
          'results/out.csv',
          'results/out.npy',
          'results/out.html',
          'results',
        ]),
      );
    else words.push(oneOf(names.length > 0 && chance(0.5) ? names : VALUES));
  }
  if (chance(0.15)) words[integerBelow(stream, words.length)] = oneOf(VALUES);
  if (chance(0.3)) words.push('--json');
  const kill = chance(0.1)
    ? { after: 50 + 800 * uniform(stream), signal: oneOf(['SIGINT', 'SIGTERM']) }
    : null;
  return { words: words.map((word) => word.replaceAll('\0', '')), kill };
}
