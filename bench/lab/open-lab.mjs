import { chromium } from 'playwright-core';
import { labFolder } from '../../apps/lab/folder.js';
import { folderServer } from '../../packages/cli/dist/lab/folder-server.js';
import { findBrowser } from '../../scripts/browser.mjs';

/**
 * Serves the built lab and starts a browser; null if none is installed. `open(link, ...prepare)` opens a page without a cache,
 * in which the functions `prepare` ran first.
 */
export async function openLab() {
  const executablePath = findBrowser();
  if (executablePath === null) return null;
  const server = folderServer(await labFolder());
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${server.address().port}/`;
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  return {
    version: browser.version(),
    async open(link, ...prepare) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(0);
      // oxlint-disable-next-line no-await-in-loop -- in this order
      for (const script of prepare) await page.addInitScript(script);
      await page.goto(`${url}#${link}`);
      await page.waitForFunction(() => globalThis.lab !== undefined);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
