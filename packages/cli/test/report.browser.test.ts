import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { slips } from '@polysem/reports/reproduction';
import { paperSections, type Claim } from '@polysem/runs/reproduce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, openPage } from '../../../test/browser.ts';
import { polysem, scratch } from './polysem.ts';

/** The whole reproduction at its smallest size: every part, figure and link, with few cells and seeds. */
const SMALL = ['reproduce', 'all', '--cells', '4', '--seeds', '1'];

interface Opened {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

/** Opens a file and collects all requests and errors of the page. */
async function open(
  browser: Browser,
  path: string,
  colorScheme: 'light' | 'dark',
  width = 1200,
): Promise<Opened> {
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
  const pictures = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.svg'));
  const text = (): string => readFileSync(report, 'utf8');
  const claims = (): Claim[] =>
    JSON.parse(readFileSync(join(folder, 'claims.json'), 'utf8')) as Claim[];
  let browser: Browser;
  let light: Opened;

  beforeAll(async () => {
    const run = polysem([...SMALL, '--out', folder]);
    if (run.code !== 0) throw new Error(run.stderr);
    browser = await openBrowser();
    light = await open(browser, report, 'light');
  });
  afterAll(async () => browser?.close());

  it.each(['light', 'dark'] as const)(
    'opens offline, makes no requests, and has every figure (%s)',
    async (scheme) => {
      if (scheme === 'dark') await light.page.emulateMedia({ colorScheme: 'dark' });
      const { page, requests, complaints } = light;
      const outside = requests.filter(
        (url) => !url.startsWith('data:') && url !== pathToFileURL(report).href,
      );
      expect([outside, complaints]).toEqual([[], []]);
      const boxes = (await page.evaluate(
        `[...document.querySelectorAll('figure .art > svg')].map((svg) => {
          const { width, height } = svg.getBoundingClientRect();
          return { width, height };
        })`,
      )) as { width: number; height: number }[];
      expect(boxes).toHaveLength(pictures().length);
      for (const { width, height } of boxes) {
        expect(width).toBeGreaterThan(200);
        expect(height).toBeGreaterThan(150);
      }
      const background = await page.evaluate(
        'getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor',
      );
      const shades = Array.from(String(background).matchAll(/rgb\((\d+)/g), (match) =>
        Number(match[1]),
      );
      if (scheme === 'dark') expect(Math.min(...shades)).toBeLessThan(60);
      else expect(shades.every((shade) => shade > 200)).toBe(true);
    },
  );

  it('shows every claim once, under its section of the paper', async () => {
    const rows = (await light.page.evaluate(
      `[...document.querySelectorAll('#claims tr[id]')].map((row) => [
        row.id,
        row.closest('.wide').previousElementSibling.textContent,
        row.querySelector('.result').textContent,
      ])`,
    )) as [string, string, string][];
    const order = Object.values(paperSections);
    const wanted = claims().toSorted((a, b) => order.indexOf(a.section) - order.indexOf(b.section));
    expect(rows).toEqual(wanted.map(({ id, section }) => [`claim-${id}`, section, '✓ yes']));
    expect(rows.length).toBeGreaterThanOrEqual(90);
    for (const key of ['id', 'claim'] as const)
      expect(new Set(wanted.map((claim) => claim[key])).size).toBe(rows.length);
  });

  it('gives the evidence for every slip that has some, with links that lead to claims', async () => {
    const ids = new Set(claims().map(({ id }) => `#claim-${id}`));
    const links = (await light.page
      .locator('#slips a')
      .evaluateAll((list) => list.map((one) => one.getAttribute('href')))) as string[];
    expect(links).toHaveLength(slips.flatMap(({ evidence }) => evidence).length);
    expect(links.filter((link) => !ids.has(link))).toEqual([]);
  });

  it('says of every figure what it does not show, and links it to the lab or says why not', () => {
    const captions = text().match(/<figcaption>[\s\S]*?<\/figcaption>/g) ?? [];
    expect(captions).toHaveLength(pictures().length);
    for (const caption of captions) {
      expect(caption).toContain('<b>Not shown:</b>');
      expect(caption).toMatch(/href="lab\.html#|The lab cannot show it/);
    }
  });

  it('does not scroll sideways on a phone', async () => {
    await light.page.setViewportSize({ width: 390, height: 844 });
    const width = await light.page.evaluate('document.documentElement.scrollWidth');
    await light.page.setViewportSize({ width: 1200, height: 900 });
    expect(width).toBeLessThanOrEqual(390);
  });

  it('offers every figure as a standalone file', async () => {
    expect(text().match(/<a class="download"/g)).toHaveLength(pictures().length);
    const { page, complaints } = await open(browser, join(folder, pictures()[0]), 'dark');
    for (const name of pictures()) {
      // oxlint-disable-next-line no-await-in-loop
      await page.goto(pathToFileURL(join(folder, name)).href);
      // oxlint-disable-next-line no-await-in-loop
      expect(await page.locator('svg text').count(), name).toBeGreaterThan(3);
    }
    expect(complaints).toEqual([]);
  });

  it('links to the lab beside it, which works from disk', async () => {
    const { page, complaints } = await open(browser, report, 'light');
    await page.locator('#figure-4').getByRole('link', { name: 'Open in the lab' }).first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.locator('h1').textContent()).toContain('quadratic computation');
    await page.getByLabel('Speed').selectOption('full');
    await page.getByText('Gap to the certified optimum').waitFor();
    expect(complaints).toEqual([]);
  });
});
