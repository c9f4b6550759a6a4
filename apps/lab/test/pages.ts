import type { Server } from 'node:http';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { openBrowser, openPage } from '../../../test/browser.ts';
import { serveLab } from './site.ts';

export { expectAccessible } from '../../../test/accessible.ts';

/** Choices for a page. */
export interface PageOptions extends BrowserContextOptions {
  /** Address of the folder that holds the lab; by default the built lab on this machine. */
  readonly base?: string;
  /** Script that runs in the page before its own. */
  readonly script?: () => void;
}

/** A browser and the built lab, for the tests of one suite. */
export interface LabPages {
  readonly url: string;
  readonly browser: Browser;
  /** Found so far by the test that runs; a test that expects some empties it. */
  readonly problems: string[];
  /**
   * Opens the lab with a link. Errors, messages on the console and requests to other addresses fail the test, after
   * which its pages are closed.
   */
  open(link: string, options?: PageOptions): Promise<Page>;
}

/** Starts a browser, with further flags, and serves the lab before the tests of a suite, and ends both after them. */
export function labPages(flags: readonly string[] = []): LabPages {
  // A page that hangs must not hold up all tests.
  vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
  let browser: Browser;
  let server: Server;
  let url: string;
  const problems: string[] = [];
  const pages: Page[] = [];
  beforeAll(async () => {
    ({ server, url } = await serveLab());
    browser = await openBrowser(flags);
  });
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()));
    expect(problems.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    server?.closeAllConnections();
  });

  return {
    get url() {
      return url;
    },
    get browser() {
      return browser;
    },
    problems,
    async open(link, { base = url, script, ...options } = {}) {
      const page = await openPage(browser, options);
      pages.push(page);
      if (script !== undefined) await page.addInitScript(script);
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) problems.push(message.text());
      });
      page.on('request', (request) => {
        const address = request.url();
        if (!/^(?:blob|data):/.test(address) && !address.startsWith(base))
          problems.push(`asked for ${address}`);
      });
      await page.goto(`${base}#${link}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return page;
    },
  };
}

/** Waits until the network of a page is trained, at full speed. */
export async function trained(page: Page): Promise<void> {
  await page.getByLabel('Speed').selectOption('full');
  await page.waitForFunction(
    () => (globalThis as never as { lab: { status: string } }).lab.status === 'done',
  );
}
