import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { findBrowser } from '../scripts/browser.mjs';

const executablePath = findBrowser();

/** Whether there is a browser for the tests that need one. */
export const hasBrowser: boolean = executablePath !== null;

/** Starts the browser, which asks nobody for anything by itself. Only the limit of the test or hook ends a wait for it. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath ?? '',
    timeout: 0,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A fresh page, on which waits have no limit of their own either: a busy machine may take its time. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(0);
  return page;
}
