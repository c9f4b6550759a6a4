import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from '../site/contents.mjs';
import { deadLinks } from '../site/links.mjs';
import { expectAccessible } from './accessible.ts';
import { hasBrowser, openBrowser, openPage } from './browser.ts';
import { root } from './example-blocks.ts';

const light: BrowserContextOptions = { colorScheme: 'light' };
const dark: BrowserContextOptions = { colorScheme: 'dark' };
const phone: BrowserContextOptions = { colorScheme: 'dark', viewport: { width: 390, height: 844 } };

let site: string;

beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  site = mkdtempSync(join(root, '.cache/site-'));
  execFileSync(process.execPath, [join(root, 'site/build.mjs'), '--out', site, '--quick'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
});
afterAll(() => rmSync(site, { recursive: true, force: true }));

describe('the contents of the site', () => {
  it('are files of the repository, and all pages in docs', () => {
    const files = PAGES.map(({ file }) => file);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
    expect(pages.filter((name) => !files.includes(`docs/${name}`))).toEqual([]);
  });

  it('have no dead links, and nothing from other servers', () => {
    expect(deadLinks(site)).toEqual([]);
  });

  it('have a page for everything that can be imported', () => {
    const names = ['polysem', 'theory', 'capacity', 'geometry', 'training', 'io/node'];
    expect(names.filter((name) => !existsSync(join(site, `api/${name}.html`)))).toEqual([]);
  });
});

describe.runIf(hasBrowser)('the site, opened from disk', () => {
  let browser: Browser;
  const problems: string[] = [];
  beforeAll(async () => {
    browser = await openBrowser(['--allow-file-access-from-files']);
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function open(path: string, options: BrowserContextOptions): Promise<Page> {
    const page = await openPage(browser, options);
    page.on('pageerror', (error) => problems.push(`${path}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`${path}: ${message.text()}`);
    });
    page.on('request', (request) => {
      if (!/^(?:file|blob|data):/.test(request.url())) problems.push(request.url());
    });
    await page.goto(pathToFileURL(join(site, path)).href);
    return page;
  }

  it.each([
    ['index.html', light],
    ['index.html', phone],
    ['guides/measure.html', dark],
    ['theory/glossary.html', phone],
    ['api/polysem.html', light],
    ['api/theory.html', phone],
  ])('is accessible: %s', async (path, options) => {
    const page = await open(path, options);
    await expectAccessible(page);
    await page.close();
    expect(problems.splice(0)).toEqual([]);
  });

  it('fits on a phone, every page of it', async () => {
    const page = await open('index.html', phone);
    const wide: string[] = [];
    for (const { url } of PAGES) {
      // oxlint-disable no-await-in-loop -- one page shows one address after the other
      await page.goto(pathToFileURL(join(site, `${url}.html`)).href, {
        waitUntil: 'domcontentloaded',
      });
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (width > 390) wide.push(`${url} ${width}`);
    }
    await page.close();
    expect(wide).toEqual([]);
    expect(problems.splice(0)).toEqual([]);
  });

  it('shows the live panel on its first page, and another on request', async () => {
    const page = await open('index.html', light);
    const panel = page.frameLocator('iframe[name=panel]');
    await panel.getByRole('heading', { name: 'Phase diagram' }).waitFor();
    await page.getByRole('link', { name: 'a pentagon forms' }).click();
    await panel.getByRole('heading', { name: 'The network' }).waitFor();
    await page.close();
    expect(problems.splice(0)).toEqual([]);
  });

  it('finds functions and guides by search, without a server', async () => {
    const page = await open('theory/glossary.html', light);
    const find = async (words: string): Promise<string[]> => {
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('combobox', { name: 'Search' }).fill(words);
      await page.getByRole('option').first().waitFor();
      return page
        .getByRole('option')
        .getByRole('link')
        .evaluateAll((links) =>
          links.map((link) =>
            (link as unknown as { href: string }).href.replace(/^.*\/site-[^/]*\//, ''),
          ),
        );
    };
    expect(await find('allocateQuadratic')).toContain('api/theory.html#allocatequadratic');
    await page.getByRole('option').first().click();
    await page.getByRole('heading', { name: 'allocateQuadratic' }).waitFor();
    expect(await find('pentagon')).toContain('guides/geometry.html');
    await page.close();
    expect(problems.splice(0)).toEqual([]);
  });
});
