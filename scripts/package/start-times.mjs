// Times the start of the installed command, and of Node alone.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const RUNS = 10;
const ALLOCATE = 'allocate --importance 4,2,1,0.5 --density 0.1 --dims 2'.split(' ');
const TRAIN = 'train --features 4 --dims 2 --importance 4,2,1,0.5 --density 0.1 --threads 1'.split(
  ' ',
);

/**
 * Medians of 10 runs, in ms, after one that fills the caches.
 *
 * @param {string} folder folder of the project with the installed package.
 * @param {string} node the Node to run.
 * @returns {Record<string, number>} ms per command.
 */
export function startTimes(folder, node) {
  const bin = join(folder, 'node_modules/polysem/bin/polysem.js');
  const commands = {
    'node alone': ['--eval', '0'],
    'polysem --help': [bin, '--help'],
    'polysem allocate': [bin, ...ALLOCATE],
    'polysem train': [bin, ...TRAIN],
  };
  return Object.fromEntries(
    Object.entries(commands).map(([name, words]) => [name, median(node, words, folder)]),
  );
}

function median(node, words, cwd) {
  const times = Array.from({ length: RUNS + 1 }, () => {
    const start = performance.now();
    spawnSync(node, words, { cwd });
    return performance.now() - start;
  });
  const sorted = times.slice(1).toSorted((a, b) => a - b);
  return Math.round((sorted[RUNS / 2 - 1] + sorted[RUNS / 2]) / 2);
}
