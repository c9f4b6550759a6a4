// The Node for long work. Newer engines run the kernels up to 3 times as fast, with the same bytes, so a machine with an older
// Node gets a current one from the package registry: an optional dependency of this folder, installed where it is needed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Folder of the package with its own lockfile. */
export const folder = fileURLToPath(new URL('.', import.meta.url));

/** First version that can pair vectors. */
const CURRENT = 24;

/**
 * Returns whether this machine's own Node should be used: it is current, or `POLYSEM_NODE=own` asks for it.
 *
 * @param {string} version version of this Node.
 * @param {Record<string, string | undefined>} environment environment variables.
 * @returns {boolean}
 */
export function usesOwn(version = process.versions.node, environment = process.env) {
  return Number(version.split('.')[0]) >= CURRENT || environment.POLYSEM_NODE === 'own';
}

/**
 * Returns the path of the Node to run: this one, or the installed one if it is newer and starts.
 *
 * @returns {string}
 */
export function currentNode() {
  if (usesOwn()) return process.execPath;
  const path = installedNode();
  return existsSync(path) && starts(path) ? path : process.execPath;
}

function installedNode() {
  const isWindows = process.platform === 'win32';
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  return join(folder, 'node_modules', name, 'bin', isWindows ? 'node.exe' : 'node');
}

/** False where its system libraries are missing or too old. */
function starts(path) {
  return spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0;
}
