// The tools of a release, which have a package of their own, so that a clone needs not install them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { nodeOf } from '../package/nodes.mjs';

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
    spawnSync('npm', ['ci', '--prefix', folder, '--loglevel', 'error'], {
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
  // Changesets needs Node 22.
  const isOld = Number(process.versions.node.split('.')[0]) < 22;
  const node = isOld ? nodeOf('24') : process.execPath;
  return spawnSync(node, [script, ...words], { cwd, stdio: 'inherit' }).status;
}
