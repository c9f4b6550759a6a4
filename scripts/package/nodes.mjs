// Other versions of Node, from the package registry, for checks of the package.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root } from './places.mjs';

/**
 * The program of a version of Node, which is installed in .cache if it is not this one.
 *
 * @param {string} major such as `24`.
 * @returns {string} its path.
 */
export function nodeOf(major) {
  if (process.versions.node.split('.')[0] === major) return process.execPath;
  const isWindows = process.platform === 'win32';
  const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  const folder = join(root, '.cache', `node-${major}`);
  const path = join(folder, 'node_modules', name, 'bin', isWindows ? 'node.exe' : 'node');
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  spawnSync('npm', ['install', '--prefix', folder, '--no-save', `${name}@${major}`], {
    stdio: ['ignore', 2, 2],
    shell: isWindows,
  });
  if (!existsSync(path)) throw new Error(`Node ${major} cannot be installed`);
  return path;
}
