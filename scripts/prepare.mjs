// Installs and builds what is missing, so that `npm start` and `npm test` work in a fresh clone. Plain Node: it runs
// before anything is installed. With --browser it also looks for a browser, and installs one where it can.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser, installBrowser } from './browser.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`polysem needs Node 20.19 or newer, this is ${process.versions.node}`);
}

// npm writes down what it installed: a lockfile that is newer, as after a pull, is to be installed anew.
const installed = statSync(join(root, 'node_modules', '.package-lock.json'), {
  throwIfNoEntry: false,
});
if (
  installed === undefined ||
  installed.mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs
) {
  console.error('installing dependencies ..');
  npm('ci');
}
console.error('building ..');
npm('run', 'build', '--silent');

if (process.argv.includes('--browser') && findBrowser() === null) {
  console.error('installing a browser for the tests ..');
  if (!installBrowser())
    console.error('no browser can be had here: the tests that need one will be skipped');
}

function npm(...words) {
  // npm hands itself down in npm_execpath, which spares finding npm.cmd on Windows.
  const script = process.env.npm_execpath;
  const run =
    script === undefined
      ? spawnSync('npm', words, {
          cwd: root,
          stdio: ['ignore', 2, 2],
          shell: process.platform === 'win32',
        })
      : spawnSync(process.execPath, [script, ...words], { cwd: root, stdio: ['ignore', 2, 2] });
  if (run.status !== 0) fail(`npm ${words.join(' ')} failed`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
