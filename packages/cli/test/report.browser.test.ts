import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, openPage } from '../../../test/browser.ts';
import { polysem, scratch } from './polysem.ts';

/** Opens a file and collects all requests and errors of the page. */
async function open(
  browser: Browser,
  path: string,
  colorScheme: 'light' | 'dark',
  width = 1200,
): Promise<{ page: Page; requests: string[]; complaints: string[] }> {
  const page = await openPage(browser, { colorScheme, viewport: { width, height: 900 } });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(path).href);
  return { page, requests, complaints };
}

describe.skipIf(!hasBrowser)('the report in a browser', () => {
  const folder = join(scratch(), 'out');
  const report = join(folder, 'report.html');
  let browser: Browser;

  beforeAll(async () => {
    const run = polysem(['reproduce', 'all', '--out', folder]);
    if (run.code !== 0) throw new Error(run.stderr);
    browser = await openBrowser();
  });
  afterAll(async () => browser?.close());

  it.each(['light', 'dark'] as const)(
    'opens offline, makes no requests, and has every figure (%s)',
    async (scheme) => {
      const { page, requests, complaints } = await open(browser, report, scheme);
      const outside = requests.filter(
        (url) => !url.startsWith('data:') && url !== pathToFileURL(report).href,
      );
      expect([outside, complaints]).toEqual([[], []]);
      const figures = page.locator('figure .art > svg');
      expect(await figures.count()).toBe(
        readdirSync(folder).filter((name) => name.endsWith('.svg')).length,
      );
      for (const box of await Promise.all(
        (await figures.all()).map((figure) => figure.boundingBox()),
      )) {
        expect(box?.width).toBeGreaterThan(200);
        expect(box?.height).toBeGreaterThan(150);
      }
      const background = await page.evaluate(
        'getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor',
      );
      const shades = Array.from(String(background).matchAll(/rgb\((\d+)/g), (match) =>
        Number(match[1]),
      );
      if (scheme === 'dark') expect(Math.min(...shades)).toBeLessThan(60);
      else expect(shades.every((shade) => shade > 200)).toBe(true);
      expect(await page.locator('text=✓').count()).toBeGreaterThanOrEqual(32);
    },
  );

  it('does not scroll sideways on a phone', async () => {
    const { page } = await open(browser, report, 'light', 390);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  it('links to the lab beside it, which works from disk', async () => {
    const { page, complaints } = await open(browser, report, 'light');
    await page.getByRole('link', { name: 'Open in the lab', exact: true }).first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.locator('h1').textContent()).toContain('quadratic computation');
    await page.getByLabel('Speed').selectOption('full');
    await page.getByText('Gap to the certified optimum').waitFor();
    expect(complaints).toEqual([]);
  });

  it('offers every figure as a standalone file', async () => {
    const { page } = await open(browser, report, 'light');
    const links = await page.locator('figcaption a[download]').all();
    expect(links.length).toBeGreaterThan(0);
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.svg'))) {
      // oxlint-disable-next-line no-await-in-loop
      const opened = await open(browser, join(folder, name), 'dark');
      expect(opened.complaints).toEqual([]);
      // oxlint-disable-next-line no-await-in-loop
      expect(await opened.page.locator('svg text').count(), name).toBeGreaterThan(3);
    }
  });
});
