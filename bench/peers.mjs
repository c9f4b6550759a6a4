import { spawn, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

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
    const python = await environment(progress);
    return await Promise.all(THREADS.map((threads) => startPeer(python, threads)));
  } catch (error) {
    progress(`no numpy to compare with: ${error.message}`);
    return [];
  }
}

/** The Python of an environment with numpy and scipy; made on first use. */
async function environment(progress) {
  const python =
    process.platform === 'win32'
      ? join(FOLDER, 'Scripts', 'python.exe')
      : join(FOLDER, 'bin', 'python');
  if (spawnSync(python, ['-c', `import ${PACKAGES.join(', ')}`]).status === 0) return python;
  progress(`making a Python environment with ${PACKAGES.join(' and ')}`);
  await mkdir(dirname(FOLDER), { recursive: true });
  call('python3', ['-m', 'venv', '--clear', FOLDER]);
  call(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  return python;
}

function call(command, words) {
  const { error, status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${command} cannot be run (${error.code})`);
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1) || `exit status ${status}`);
}

/** A worker process: `ask(request)` sends one request and waits for its answer. */
async function startPeer(python, threads) {
  const environmentOfPeer = {
    ...process.env,
    OPENBLAS_NUM_THREADS: String(threads),
    // Else Python leaves its compiled modules beside the sources.
    PYTHONDONTWRITEBYTECODE: '1',
  };
  // Settings for other programs of a machine, which would make OpenBLAS choose slower kernels here.
  delete environmentOfPeer.OPENBLAS_CORETYPE;
  delete environmentOfPeer.OPENBLAS_L2_SIZE;
  const child = spawn(python, [WORKER], {
    env: environmentOfPeer,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error('the numpy worker ended');
    const { error, ...answer } = JSON.parse(value);
    if (error !== undefined) throw new Error(`numpy: ${error}`);
    return answer;
  };
  const about = await ask({ request: 'about' });
  return { threads, about, ask, stop: () => child.stdin.end() };
}
