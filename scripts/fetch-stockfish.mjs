// Fetches the chess program Stockfish as Debian's package, and writes the first layer of the network in it with names of
// its input features: 22528 features, a piece on a square by the place of the own king. Prints the path of the weights;
// does nothing if they are already there.
//
//   node scripts/fetch-stockfish.mjs
//
// Needs apt-get and dpkg-deb, as Debian and its kin have them; nothing is installed.

import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { encodeSafetensors } from '@polysem/io';
import { writeFileAtomic } from '@polysem/io/node';
import { FEATURES, featureMeaning, findNetwork } from './nnue.mjs';

const PACKAGE = 'stockfish';
const PROGRAM = join('usr', 'games', 'stockfish');
const FOLDER = fileURLToPath(new URL('../.cache/stockfish', import.meta.url));

/** Where the weights are, or will be: `weights`, a row a feature; `biases`; `psqt`, a row a feature. */
export const stockfishPath = join(FOLDER, 'stockfish.safetensors');
/** Where the names of the features are: feature,label,side,piece,square,king,possible. */
export const stockfishLabels = join(FOLDER, 'features.csv');

/** The names of all features as a table. */
export function featureTable() {
  const lines = ['feature,label,side,piece,square,king,possible'];
  for (let i = 0; i < FEATURES; i++) {
    const { side, piece, square, king, possible } = featureMeaning(i);
    lines.push(
      `${i},${side} ${piece} ${square} (king ${king}),${side},${piece},${square},${king},${possible}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Runs a program quietly; throws an Error of one line. */
function run(program, words, cwd) {
  const { error, status, stderr } = spawnSync(program, words, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${program} cannot be run (${error.code})`);
  if (status === 0) return;
  const reason = stderr
    .trim()
    .split('\n')
    .findLast((line) => line.startsWith('E:'));
  throw new Error(
    `${program} ${words[0]}: ${reason ?? `exit status ${status}`}; is apt-get update due?`,
  );
}

async function fetchStockfish() {
  if (existsSync(stockfishPath) && existsSync(stockfishLabels)) {
    console.error('fetch-stockfish: already there, nothing to do');
    return;
  }
  console.error(`fetch-stockfish: fetching the package ${PACKAGE}`);
  const scratch = await mkdtemp(join(tmpdir(), 'polysem-stockfish-'));
  try {
    run('apt-get', ['download', '-qq', PACKAGE], scratch);
    const archive = (await readdir(scratch)).find((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new Error('apt-get fetched nothing');
    run('dpkg-deb', ['-x', archive, 'content'], scratch);
    const program = await readFile(join(scratch, 'content', PROGRAM));
    const { description, outputs, biases, weights, psqt } = findNetwork(program);
    console.error(`fetch-stockfish: ${archive}: ${FEATURES} features in ${outputs} dimensions`);
    const file = encodeSafetensors(
      [
        { name: 'weights', shape: [FEATURES, outputs], data: weights },
        { name: 'biases', shape: [outputs], data: biases },
        { name: 'psqt', shape: [FEATURES, psqt.length / FEATURES], data: psqt },
      ],
      { package: archive, description, featureSet: 'HalfKAv2_hm' },
    );
    await mkdir(FOLDER, { recursive: true });
    await writeFileAtomic(stockfishLabels, featureTable());
    await writeFileAtomic(stockfishPath, file);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

// Only when run, not when the path is imported.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await fetchStockfish();
    console.log(stockfishPath);
  } catch (error) {
    console.error(`fetch-stockfish: ${error.message.split('\n')[0]}`);
    process.exitCode = 1;
  }
}
