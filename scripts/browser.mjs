// Finds a Chromium for the browser tests, or installs the Debian package if it may.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { canInstall } from './engines/find.mjs';

/** The same browser without windows opens a page in a third of the processor time. */
const WITHOUT_WINDOWS = '/usr/bin/chromium-headless-shell';

const PLACES = [
  WITHOUT_WINDOWS,
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

/** True if {@link installBrowser} can add a browser, or one that is faster than the one found. */
export function canInstallBrowser() {
  return process.env.POLYSEM_BROWSER === undefined && !existsSync(WITHOUT_WINDOWS) && canInstall();
}

/** Installs the Debian package chromium-headless-shell, or chromium where there is neither. */
export async function installBrowser() {
  await apt('update', '-qq');
  const install = ['install', '-y', '-qq', '--no-install-recommends'];
  await apt(...install, 'chromium-headless-shell');
  if (findBrowser() === null) await apt(...install, 'chromium');
}

async function apt(...words) {
  const stdio = ['ignore', 'ignore', 2];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await once(spawn('apt-get', words, { stdio, env }), 'exit');
}
