// Finds a Chromium for the browser tests, or installs the Debian package if it may.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of a browser: POLYSEM_BROWSER, or one of the usual paths; null if there is none. */
export function findBrowser() {
  const wanted = process.env.POLYSEM_BROWSER;
  if (wanted !== undefined) return existsSync(wanted) ? wanted : null;
  return PLACES.find((place) => existsSync(place)) ?? null;
}

/** Installs the Debian package chromium, as root where apt-get exists. Returns true if a browser is then available. */
export function installBrowser() {
  const mayInstall =
    process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!mayInstall) return false;
  const quiet = {
    stdio: ['ignore', 'ignore', 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet);
  return findBrowser() !== null;
}
