// Installs missing dependencies and builds, so that `npm start` and `npm test` work in a fresh clone. Uses only Node,
// because it runs before anything is installed. With --browser it also installs a Chromium without windows where Debian's
// packages can be installed, with --engines the servers that tests of sweeps start, and with --python the packages of the
// tests in Python.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canInstallBrowser, findBrowser, installBrowser } from './browser.mjs';
import { prepareEngines } from './engines/find.mjs';
import { currentNode, folder as nodeFolder, usesOwn } from './node/current.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`polysem needs Node 20.19 or newer, this is ${process.versions.node}`);
}

// Packages of Python and Debian come from other registries, and need nothing from this one.
const environment = new URL('./python/prepare.mjs', import.meta.url);
const python = process.argv.includes('--python')
  ? once(spawn(process.execPath, [fileURLToPath(environment)], { stdio: ['ignore', 2, 2] }), 'exit')
  : null;
const browser = process.argv.includes('--browser') && canInstallBrowser() ? addBrowser() : null;

// npm records what it installed. Install again if the lockfile is newer, for example after a pull.
const installed = statSync(join(root, 'node_modules', '.package-lock.json'), {
  throwIfNoEntry: false,
});
if (
  installed === undefined ||
  installed.mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs
) {
  console.error('installing dependencies ..');
  if (!(await npm(root, 'ci'))) fail('npm ci failed');
}
if (!usesOwn() && currentNode() === process.execPath) {
  console.error(`installing a current Node, because this one is ${process.versions.node} ..`);
  if (!(await npm(nodeFolder, 'ci')) || currentNode() === process.execPath)
    console.error(`no other Node can be used here; Node ${process.versions.node} is slower`);
}
console.error('building ..');
if (!(await npm(root, 'run', 'build', '--silent'))) fail('npm run build failed');

if (process.argv.includes('--browser')) {
  await browser;
  if (findBrowser() === null)
    console.error('no browser can be installed: tests that need one will be skipped');
}
if (process.argv.includes('--engines')) prepareEngines();
if (python !== null) await python;

async function addBrowser() {
  console.error('installing a browser for the tests ..');
  await installBrowser();
}

/** Runs npm in a folder; returns whether it succeeded. */
async function npm(cwd, ...words) {
  // npm passes its own path in npm_execpath, so there is no need to find npm.cmd on Windows.
  const script = process.env.npm_execpath;
  const options = { cwd, stdio: ['ignore', 2, 2] };
  const run =
    script === undefined
      ? spawn('npm', words, { ...options, shell: process.platform === 'win32' })
      : spawn(process.execPath, [script, ...words], options);
  const [code] = await once(run, 'exit');
  return code === 0;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
