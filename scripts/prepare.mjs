// Installs missing dependencies and builds, so that `npm start` and `npm test` work in a fresh clone. Uses only Node,
// because it runs before anything is installed. With --browser it also installs a browser if none is found and it can, with
// --engines the servers that tests of sweeps start, and with --python the packages of the tests in Python.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser, installBrowser } from './browser.mjs';
import { prepareEngines } from './engines/find.mjs';
import { currentNode, folder as nodeFolder, usesOwn } from './node/current.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`polysem needs Node 20.19 or newer, this is ${process.versions.node}`);
}

// Packages of Python come from another registry, and need nothing from this one.
const environment = new URL('./python/prepare.mjs', import.meta.url);
const python = process.argv.includes('--python')
  ? once(spawn(process.execPath, [fileURLToPath(environment)], { stdio: ['ignore', 2, 2] }), 'exit')
  : null;

// npm records what it installed. Install again if the lockfile is newer, for example after a pull.
const installed = statSync(join(root, 'node_modules', '.package-lock.json'), {
  throwIfNoEntry: false,
});
if (
  installed === undefined ||
  installed.mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs
) {
  console.error('installing dependencies ..');
  if (!npm(root, 'ci')) fail('npm ci failed');
}
if (!usesOwn() && currentNode() === process.execPath) {
  console.error(`installing a current Node, because this one is ${process.versions.node} ..`);
  if (!npm(nodeFolder, 'ci') || currentNode() === process.execPath)
    console.error(`no other Node can be used here; Node ${process.versions.node} is slower`);
}
console.error('building ..');
if (!npm(root, 'run', 'build', '--silent')) fail('npm run build failed');

if (process.argv.includes('--browser') && findBrowser() === null) {
  console.error('installing a browser for the tests ..');
  if (!installBrowser())
    console.error('no browser can be installed: tests that need one will be skipped');
}

if (process.argv.includes('--engines')) prepareEngines();
if (python !== null) await python;

/** Runs npm in a folder; returns whether it succeeded. */
function npm(cwd, ...words) {
  // npm passes its own path in npm_execpath, so there is no need to find npm.cmd on Windows.
  const script = process.env.npm_execpath;
  const run =
    script === undefined
      ? spawnSync('npm', words, {
          cwd,
          stdio: ['ignore', 2, 2],
          shell: process.platform === 'win32',
        })
      : spawnSync(process.execPath, [script, ...words], { cwd, stdio: ['ignore', 2, 2] });
  return run.status === 0;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
