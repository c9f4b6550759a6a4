import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { call, pythonEnvironment } from '../python.mjs';

const FOLDER = fileURLToPath(new URL('../../.cache/training', import.meta.url));
const pathOf = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Cache of code that torch.compile has compiled. */
const INDUCTOR_CACHE = join(FOLDER, 'inductor');

/** Installers by library; each gives the program and arguments that start its worker. */
const LIBRARIES = {
  torch: torchWorker('torch_training.py'),
  'torch-panel': torchWorker('torch_panel.py'),
  jax: jaxWorker('jax_training.py'),
  'jax-tuned': jaxWorker('jax_tuned.py'),
  'jax-large': jaxWorker('jax_large.py'),
  'jax-js': async (progress) => ({
    program: process.execPath,
    words: [pathOf('jax-js-worker.mjs'), await npmModule('jax-js', '@jax-js/jax', progress)],
  }),
};

/**
 * Programs and arguments that start the workers of some libraries, by name. Installs a library on first use. Leaves out
 * a library that cannot be installed, and prints the reason to stderr.
 */
export async function trainingPeers(names, progress) {
  const peers = {};
  for (const name of names) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one installer at a time
      peers[name] = await LIBRARIES[name](progress);
    } catch (error) {
      progress(`no ${name} to compare with: ${error.message}`);
    }
  }
  return peers;
}

function jaxWorker(script) {
  return async (progress) => ({
    program: await pythonEnvironment(join(FOLDER, 'jax'), ['jax'], progress),
    words: [pathOf(`../peer/${script}`)],
  });
}

function torchWorker(script) {
  return async (progress) => ({
    program: await pythonEnvironment(join(FOLDER, 'torch'), ['torch', 'numpy'], progress),
    words: [pathOf(`../peer/${script}`)],
  });
}

/** Environment variables of a worker. */
export function workerEnvironment() {
  return {
    ...process.env,
    TORCHINDUCTOR_CACHE_DIR: INDUCTOR_CACHE,
    // Otherwise Python writes its compiled modules next to the sources.
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/** URL of an npm package that is installed in a separate folder. */
async function npmModule(name, module, progress) {
  const folder = join(FOLDER, name);
  const installed = join(folder, 'node_modules', ...module.split('/'));
  if (!existsSync(join(installed, 'package.json'))) {
    progress(`installing ${module}`);
    await mkdir(folder, { recursive: true });
    // A separate package.json, so that npm does not use the workspace above.
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
    const words = ['install', '--no-audit', '--no-fund', '--loglevel', 'error', module];
    call('npm', words, { cwd: folder });
  }
  return pathToFileURL(`${installed}/`).href;
}
