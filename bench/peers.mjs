import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { pythonEnvironment } from './python.mjs';
import { startWorker } from './worker.mjs';

const FOLDER = fileURLToPath(new URL('../.cache/peers', import.meta.url));
const WORKER = fileURLToPath(new URL('peer/worker.py', import.meta.url));
const PACKAGES = ['numpy', 'scipy'];

/** Threads of numpy's BLAS to report; polysem has one. */
const THREADS = [1, 2];

/**
 * Starts one numpy worker for each number of threads, making its environment first if there is none.
 *
 * Gives an empty list, and says why on stderr, where that cannot be done: benchmarks run without peers then.
 */
export async function startPeers(progress) {
  try {
    const python = await pythonEnvironment(FOLDER, PACKAGES, progress);
    return await Promise.all(THREADS.map((threads) => startPeer(python, threads)));
  } catch (error) {
    progress(`no numpy to compare with: ${error.message}`);
    return [];
  }
}

/** A worker process: `ask(request)` sends one request and waits for its answer. */
async function startPeer(python, threads) {
  const env = {
    ...process.env,
    OPENBLAS_NUM_THREADS: String(threads),
    // Else Python leaves its compiled modules beside the sources.
    PYTHONDONTWRITEBYTECODE: '1',
  };
  // Settings for other programs of a machine, which would make OpenBLAS choose slower kernels here.
  delete env.OPENBLAS_CORETYPE;
  delete env.OPENBLAS_L2_SIZE;
  const { ask, stop } = startWorker('numpy', python, [WORKER], env);
  const about = await ask({ request: 'about' });
  return { threads, about, ask, stop };
}
