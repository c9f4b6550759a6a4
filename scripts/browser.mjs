// Finds a Chromium for the browser tests, or installs Debian's where that is allowed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of a browser: POLYSEM_BROWSER, or one of the usual places; null if there is none. */
export function findBrowser() {
  const wanted = process.env.POLYSEM_BROWSER;
  if (wanted !== undefined) return existsSync(wanted) ? wanted : null;
  return PLACES.find((place) => existsSync(place)) ?? null;
}

/** Installs Debian's chromium if this is such a system and we are root. True if a browser is there afterwards. */
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
