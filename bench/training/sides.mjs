import process from 'node:process';
import { startWorker } from '../worker.mjs';
import { trainingPeers, workerEnvironment } from './environment.mjs';
import { mostThreads, openPolysem } from './polysem.mjs';

/** Peers: library, mode of its worker, and maximum number of threads. */
const PEERS = [
  { name: 'torch-eager', library: 'torch', mode: 'eager' },
  { name: 'torch-compile', library: 'torch', mode: 'compile' },
  { name: 'jax', library: 'jax' },
  { name: 'jax-tuned', library: 'jax-tuned' },
  { name: 'jax-js', library: 'jax-js', mostThreads: 1 },
];

/** Names of all sides. */
export const sideNames = ['polysem', ...PEERS.map(({ name }) => name)];

/**
 * The requested sides whose library is installed. Each has a name, a maximum number of threads, and `open(work, threads)`,
 * which opens a workload:
 *
 *     steps(count)        takes `count` steps: their seconds, and the CPU seconds of all threads (`busy`)
 *     train(steps, seed)  trains from scratch: the held-out loss of each instance
 */
export async function trainingSides(wanted, progress) {
  const chosen = PEERS.filter(({ name }) => wanted.includes(name));
  const libraries = new Set(chosen.map(({ library }) => library));
  const commands = await trainingPeers(libraries, progress);
  const sides = [];
  if (wanted.includes('polysem')) sides.push({ name: 'polysem', mostThreads, open: openOwn });
  for (const { name, library, mode, mostThreads: most = Infinity } of chosen) {
    const command = commands[library];
    if (command === undefined) continue;
    const open = (work, threads) => openPeer({ name, mode, command }, work, threads);
    sides.push({ name, mostThreads: most, open });
  }
  return sides;
}

/** Starts a process for each workload, so that no memory, thread or compiled code remains from the previous one. */
async function openPeer({ name, mode, command }, work, threads) {
  const words = [...command.words, String(threads)];
  const { ask, stop, ended } = startWorker(name, command.program, words, workerEnvironment());
  const close = () => {
    stop();
    return ended;
  };
  try {
    const about = await ask({ request: 'about' });
    const { chosen, variants } = await ask({ request: 'open', work, mode });
    return {
      about,
      chosen,
      variants,
      steps: (count) => ask({ request: 'steps', count }),
      train: async (steps, seed) => (await ask({ request: 'train', steps, seed })).losses,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openOwn(work, threads) {
  const own = await openPolysem(work, threads);
  return {
    ...own,
    variants: {},
    async steps(count) {
      const before = process.cpuUsage();
      const seconds = await own.steps(count);
      const { user, system } = process.cpuUsage(before);
      return { seconds, busy: (user + system) / 1e6 };
    },
  };
}
