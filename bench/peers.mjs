import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { pythonEnvironment } from './python.mjs';
import { startWorker } from './worker.mjs';

const FOLDER = fileURLToPath(new URL('../.cache/peers', import.meta.url));
const WORKER = fileURLToPath(new URL('peer/worker.py', import.meta.url));
const PACKAGES = ['numpy', 'scipy'];

/** Numbers of BLAS threads to time numpy with; polysem uses one thread. */
const THREADS = [1, 2];

/**
 * Starts one numpy worker for each number of threads, and creates the Python environment if there is none.
 *
 * If that fails, returns an empty list and prints the reason to stderr: the benchmarks then run without peers.
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

/** Worker process: `ask(request)` sends one request and waits for its answer. */
async function startPeer(python, threads) {
  const env = {
    ...process.env,
    OPENBLAS_NUM_THREADS: String(threads),
    // Otherwise Python writes its compiled modules next to the sources.
    PYTHONDONTWRITEBYTECODE: '1',
  };
  // Remove settings for other programs that make OpenBLAS choose slower kernels.
  delete env.OPENBLAS_CORETYPE;
  delete env.OPENBLAS_L2_SIZE;
  const { ask, stop } = startWorker('numpy', python, [WORKER], env);
  const about = await ask({ request: 'about' });
  return { threads, about, ask, stop };
}
