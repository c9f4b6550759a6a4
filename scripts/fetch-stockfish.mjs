// Fetches the Debian package of the chess program Stockfish. Writes the first layer of its network and the names of its
// 22528 input features (a piece, its square, and the square of the own king). Prints the path of the weights; does nothing
// if they already exist.
//
//   node scripts/fetch-stockfish.mjs
//
// Needs apt-get and dpkg-deb (Debian, Ubuntu); installs nothing.

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

/** Path of the weights: `weights` and `psqt` with one row per feature, and `biases`. */
export const stockfishPath = join(FOLDER, 'stockfish.safetensors');
/** Path of the names of the features: feature,label,side,piece,square,king,possible. */
export const stockfishLabels = join(FOLDER, 'features.csv');

/** Names of all features as CSV. */
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

/** Runs a program without output; throws an Error with a one-line message if it fails. */
function run(program, words, cwd) {
  const { error, status, stderr } = spawnSync(program, words, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${program} cannot be run (${error.code})`);
  if (status === 0) return;
  const reason = stderr
    .trim()
    .split('\n')
    .findLast((line) => line.startsWith('E:'));
  throw new Error(
    `${program} ${words[0]}: ${reason ?? `exit status ${status}`}; try apt-get update`,
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

// Only as a program, not when a script imports the path.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await fetchStockfish();
    console.log(stockfishPath);
  } catch (error) {
    console.error(`fetch-stockfish: ${error.message.split('\n')[0]}`);
    process.exitCode = 1;
  }
}
