// The tools of a release, which have a package of their own, so that a clone needs not install them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { currentNode } from '../node/current.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const SCRIPTS = {
  attw: '@arethetypeswrong/cli/dist/index.js',
  changeset: '@changesets/cli/bin.js',
};

/**
 * Runs a tool, which is installed first if it is missing.
 *
 * @param {'attw' | 'changeset'} name the tool.
 * @param {readonly string[]} words its arguments.
 * @param {string} cwd folder to run in.
 * @returns {number | null} its exit code.
 */
export function runTool(name, words, cwd) {
  const script = join(folder, 'node_modules', SCRIPTS[name]);
  if (!existsSync(script))
    spawnSync('npm', ['ci', '--prefix', folder], {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
  return spawnSync(currentNode(), [script, ...words], { cwd, stdio: 'inherit' }).status;
}
