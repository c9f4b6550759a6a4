import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { findBrowser } from '../scripts/browser.mjs';

const executablePath = findBrowser();

/** True if a browser is available for the tests that need one. */
export const hasBrowser: boolean = executablePath !== null;

/**
 * Starts the browser, with further flags, without background requests. Only the timeout of the test or hook limits the wait.
 */
export async function openBrowser(flags: readonly string[] = []): Promise<Browser> {
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
      ...flags,
    ],
  });
}

/** Opens a page without timeouts of its own, because a busy machine can be slow. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(0);
  return page;
}
