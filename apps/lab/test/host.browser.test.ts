import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { generator, normal } from '@polysem/numerics/random';
import type { Frame, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../../../test/browser.ts';
import { labFolder } from '../folder.js';
import { expectAccessible, labPages } from './pages.ts';

const g = generator(5);
const random = (rows: number, columns: number) => ({
  shape: [rows, columns],
  data: Float32Array.from({ length: rows * columns }, () => normal(g)),
});
const DECODER = encodeSafetensors([
  { name: 'W_enc', ...random(8, 60) },
  { name: 'W_dec', ...random(60, 8) },
  { name: 'b_enc', shape: [60], data: new Float32Array(60) },
]);

/** Messages that the page around the lab received. */
interface Host {
  heard: { kind: string; features?: number[] }[];
}

describe.skipIf(!hasBrowser)('a page around the lab, such as a notebook', () => {
  const pages = labPages();

  /** A page that shows the lab in one file, in a frame without the rights of the page. */
  async function host(): Promise<{ page: Page; frame: Frame }> {
    const page = await pages.open('page=model');
    const lab = readFileSync(join(await labFolder(), 'lab.html'), 'utf8');
    await page.evaluate((html) => {
      const heard: Host['heard'] = [];
      Object.assign(globalThis, { heard });
      addEventListener('message', ({ data }: MessageEvent<Host['heard'][0]>) => heard.push(data));
      const frame = document.createElement('iframe');
      frame.title = 'lab';
      frame.setAttribute('sandbox', 'allow-scripts');
      frame.style.cssText = 'width:1100px;height:900px';
      const address = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
      frame.src = `${address}#embed=1&page=model`;
      document.body.replaceChildren(frame);
    }, lab);
    await page.waitForFunction(() =>
      (globalThis as never as Host).heard.some(({ kind }) => kind === 'polysem-ready'),
    );
    return { page, frame: page.frames()[1] };
  }
  async function give(
    page: Page,
    name: string,
    bytes: Uint8Array,
    more: object = {},
  ): Promise<void> {
    const message = { kind: 'polysem-open', matrix: null, how: [], theme: null, ...more };
    await page.evaluate(
      ({ name: file, content, rest }) =>
        document
          .querySelector('iframe')!
          .contentWindow!.postMessage(
            { ...rest, files: [{ name: file, bytes: Uint8Array.from(content) }] },
            '*',
          ),
      { name, content: Array.from(bytes), rest: message },
    );
  }
  const selection = async (page: Page): Promise<number[] | undefined> =>
    page.evaluate(() => (globalThis as never as Host).heard.at(-1)?.features);

  it('gives weights, and learns which features the reader selects', async () => {
    const { page, frame } = await host();
    await give(page, 'sae.safetensors', DECODER, { theme: 'dark' });
    await frame.getByRole('heading', { level: 1, name: /60 latents/ }).waitFor();
    expect(await frame.locator('html').getAttribute('data-theme')).toBe('dark');
    const table = frame.getByRole('table', { name: 'Most shared' });
    await table.getByRole('button').first().click();
    const first = Number((await table.getByRole('button').first().textContent())!.replace('#', ''));
    await frame.getByText('1 latent selected').waitFor();
    await expect.poll(() => selection(page)).toEqual([first]);
    await table.getByRole('button').nth(1).click();
    await expect.poll(async () => (await selection(page))?.length).toBe(2);

    // A bar of the histogram selects its features in place of the others; Clear selects none.
    const { steps, numbers } = await frame.evaluate(() => {
      const { model } = (globalThis as never as { lab: { model: never } }).lab as {
        model: { figures: Record<'capacity' | 'edges' | 'counts', Float64Array> };
      };
      const { capacity, edges, counts } = model.figures;
      const bin = counts.indexOf(Math.max(...counts));
      const isIn = (c: number): boolean => c >= edges[bin] && c < edges[bin + 1];
      return { steps: bin, numbers: Array.from(capacity.keys()).filter((i) => isIn(capacity[i])) };
    });
    const bars = frame.getByRole('slider', { name: 'Bar of the histogram of capacities' });
    await bars.press('Home');
    // oxlint-disable-next-line no-await-in-loop -- keys are pressed one by one
    for (let step = 0; step < steps; step++) await bars.press('ArrowRight');
    await bars.press('Enter');
    expect(numbers.length).toBeGreaterThan(0);
    await expect.poll(() => selection(page)).toEqual(numbers);
    await frame.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => selection(page)).toEqual([]);
  });

  it('chooses the matrix and how it is measured', async () => {
    const { page, frame } = await host();
    const holed = random(20, 6);
    holed.data[13 * 6 + 1] = NaN;
    const choices = { matrix: 'rows of W', how: ['skip-bad', 'rm -rf', 'centre'] };
    await give(page, 'W.npy', encodeNpy(holed), choices);
    await frame.getByRole('heading', { level: 1, name: /19 features/ }).waitFor();
    await frame.getByText('1 feature is left out because it holds NaN or infinity: #13').waitFor();
    expect(
      await frame.evaluate(
        () => (globalThis as never as { lab: { model: { choices: string[] } } }).lab.model.choices,
      ),
    ).toEqual(['skip-bad', 'centre']);
  });

  it('stays accessible with a selection', async () => {
    const page = await pages.open('page=model&w=example:sae');
    const table = page.getByRole('table', { name: 'Most private' });
    await table.getByRole('button').first().click();
    await page.getByText('1 latent selected').waitFor();
    await expectAccessible(page);
  });
});
