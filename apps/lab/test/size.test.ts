import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasBrowser, openBrowser, openPage } from '../../../test/browser.ts';
import { labFolder } from '../folder.js';
import { serveLab } from './site.ts';

// A page that hangs must not hold up all tests.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const SMALL = 'x=importance=0.25:4:3&y=density=1:0.1:3&steps=20&r=1&b=32';

describe.skipIf(!hasBrowser)('the size of what a browser loads', () => {
  let browser: Browser;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    ({ server, url } = await serveLab());
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    server?.closeAllConnections();
  });

  /** Kilobytes, compressed by gzip, that a link loads until nothing more is asked for. */
  async function loaded(link: string): Promise<number> {
    const folder = await labFolder();
    const page = await openPage(browser);
    const files = new Set<string>();
    // Requests of workers belong to the context, not to the page.
    page.context().on('request', (request) => {
      const { pathname } = new URL(request.url());
      files.add(pathname === '/' ? 'index.html' : pathname.slice(1));
    });
    await page.goto(`${url}#${link}`, { waitUntil: 'networkidle' });
    await page.waitForFunction(() => {
      const { lab } = globalThis as never as {
        lab: { status: string; diagrams: { status: string } };
      };
      return lab.status === 'done' || lab.diagrams.status === 'done';
    });
    await page.waitForLoadState('networkidle');
    await page.close();
    expect([...files].some((file) => file.includes('worker'))).toBe(true);
    const bytes = [...files].map(
      (file) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length,
    );
    return bytes.reduce((a, b) => a + b, 0) / 1000;
  }

  it('before the first click is at most 300 kB', async () => {
    expect(await loaded(SMALL)).toBeLessThan(300);
  });

  it.each(['diagram', 'budget', 'network', 'shares'])(
    'for the panel %s in a frame is at most 150 kB',
    async (panel) => {
      expect(await loaded(`embed=1&panel=${panel}&${SMALL}`)).toBeLessThan(150);
    },
  );
});
