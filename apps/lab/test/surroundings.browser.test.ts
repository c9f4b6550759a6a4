import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openPage } from '../../../test/browser.ts';
import { labFolder } from '../folder.js';
import { expectAccessible, labPages, trained } from './pages.ts';
import { program } from '../../../test/program.ts';

/** A small diagram and a short training, so that pages are ready soon. */
const SMALL = 'x=importance=0.5:2:2&y=density=1:0.5:2&steps=100&r=2&b=32&V=2&p=0.25&seed=7';
const FLAGS =
  '--features 6 --dims 3 --model compression --activation relu --importance 2,1,1,1,1,1 --density 0.25 --steps 100 --seeds 2 --batch 32 --lr 0.01 --seed 7 --json';

interface Shown {
  readonly status: string;
  readonly diagrams: { readonly status: string };
  readonly kernel: string;
  readonly result: { readonly loss: number };
  readonly shown: { readonly capacity: Float64Array };
}

/** Kernel, loss and capacities of the trained network of a page. */
async function result(
  page: Page | Frame,
): Promise<{ kernel: string; loss: number; capacity: number[] }> {
  return page.evaluate(() => {
    const { lab } = globalThis as never as { lab: Shown };
    const { kernel, result: found, shown } = lab;
    return { kernel, loss: found.loss, capacity: Array.from(shown.capacity) };
  });
}

const known = new Map<string, { loss: number; capacity: number[] }>();

/** The same network by the command line. */
function commandLine(kernel: string): { loss: number; capacity: number[] } {
  const before = known.get(kernel);
  if (before !== undefined) return before;
  const words = [program, 'train', ...FLAGS.split(' '), '--kernel', kernel];
  const text = execFileSync(process.execPath, words, { encoding: 'utf8', stdio: 'pipe' });
  const { loss, capacity } = JSON.parse(text) as { loss: number; capacity: number[] };
  known.set(kernel, { loss, capacity });
  return { loss, capacity };
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** A static host that sends no headers beyond the type, and frames the lab of another address at `/frame/ADDRESS`. */
async function plainHost(): Promise<{ server: Server; port: number }> {
  const folder = await labFolder();
  const server = createServer(({ url = '/' }, response) => {
    const [path] = url.split('?', 1);
    if (path.startsWith('/frame/')) {
      const address = decodeURIComponent(path.slice('/frame/'.length));
      response.setHeader('content-type', 'text/html');
      response.end(
        `<title>host</title><link rel="icon" href="data:,"><iframe src="${address}" title="lab" width="800" height="500"></iframe>`,
      );
      return;
    }
    const file = join(folder, path === '/' ? 'index.html' : path);
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    createReadStream(file)
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

describe.skipIf(!hasBrowser)('a browser without the SIMD instructions of WebAssembly', () => {
  // V8 offers them where the processor has SSE 4.1.
  const pages = labPages(['--js-flags=--no-enable-sse4-1']);

  it('says that it is slower, and trains to the bytes of the command line', async (context) => {
    const page = await pages.open(SMALL);
    const isSlow = await page.evaluate(
      () => (globalThis as never as { lab: { isSlow: boolean } }).lab.isSlow,
    );
    context.skip(!isSlow, 'SIMD cannot be switched off on this processor');
    await page.getByText('about ten times slower').waitFor();
    await trained(page);
    const { kernel, ...found } = await result(page);
    expect(kernel).toBe('typescript');
    expect(found).toEqual(commandLine(kernel));
  });
});

describe.skipIf(!hasBrowser)('the surroundings of the lab', () => {
  const pages = labPages();
  let host: Awaited<ReturnType<typeof plainHost>>;
  beforeAll(async () => {
    host = await plainHost();
  });
  afterAll(() => {
    host?.server.close();
    host?.server.closeAllConnections();
  });

  it('trains on a host without headers, and so without isolation', async () => {
    const page = await pages.open(SMALL, { base: `http://127.0.0.1:${host.port}/` });
    expect(await page.evaluate('crossOriginIsolated')).toBe(false);
    await trained(page);
    const { kernel, ...found } = await result(page);
    expect(found).toEqual(commandLine(kernel));
    await page.waitForFunction(
      () => (globalThis as never as { lab: Shown }).lab.diagrams.status === 'done',
    );
    expect(await page.getByText('about ten times slower').count()).toBe(0);
  });

  it.each(['polysem lab', 'a host without headers'])(
    'shows a panel in a frame of another origin: served by %s',
    async (server) => {
      const base = server === 'polysem lab' ? pages.url : `http://127.0.0.1:${host.port}/`;
      const page = await openPage(pages.browser);
      const problems: string[] = [];
      page.on('console', (message) => problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(error.message));
      const address = `${base}#embed=1&panel=shares&${SMALL}`;
      await page.goto(`http://localhost:${host.port}/frame/${encodeURIComponent(address)}`);
      const frame = page.frame({ url: new RegExp(`^${base}`) })!;
      await frame.getByRole('heading', { name: /share/ }).waitFor();
      await frame.waitForFunction(
        () => (globalThis as never as { lab: Shown }).lab.status === 'done',
      );
      const { kernel, ...found } = await result(frame);
      expect(found).toEqual(commandLine(kernel));
      await page.close();
      expect(problems).toEqual([]);
    },
  );

  it('measures an example in the lab that is one file, opened from disk', async () => {
    const base = pathToFileURL(join(await labFolder(), 'lab.html')).href;
    const page = await pages.open('page=model&w=example:bytes', { base });
    await page.getByRole('heading', { name: '257 bytes share 64 dimensions' }).waitFor();
    await page.getByText('37.6').first().waitFor();
    await page.getByText('--labels magika-bytes.txt').waitFor();
  });

  it('keeps scales, and marks only what is chosen, in forced colours', async () => {
    const script = (): void => localStorage.setItem('polysem-theme', 'light');
    const page = await pages.open(SMALL, { forcedColors: 'active', colorScheme: 'dark', script });
    await trained(page);
    const seen = await page.evaluate(() => {
      const style = (one: Element): CSSStyleDeclaration => getComputedStyle(one);
      const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
      return {
        theme: document.documentElement.dataset.theme,
        scales: all('.legend .bar, figcaption i').map((one) => style(one).backgroundImage),
        lines: all('header nav button').map((one) => style(one).borderBottomColor),
      };
    });
    expect(seen.theme).toBe('dark');
    expect(seen.scales.map((image) => image.slice(0, 15))).toEqual([
      'linear-gradient',
      'linear-gradient',
    ]);
    const [chosen, ...others] = seen.lines;
    expect(others).toEqual([others[0], others[0]]);
    expect(others[0]).not.toBe(chosen);
    await expectAccessible(page);
  });
});
