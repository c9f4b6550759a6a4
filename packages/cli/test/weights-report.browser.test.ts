import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generator, normal } from '@polysem/numerics/random';
import { encodeSafetensors } from '@polysem/io';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, openPage } from '../../../test/browser.ts';
import { polysemMany, scratch } from './polysem.ts';

const TOKENS = 40;
// Names that would break the page if they were not escaped.
const names = Array.from({ length: TOKENS }, (_, i) => `<blink>&${i}</blink>`);

describe.skipIf(!hasBrowser)('the report of a measurement in a browser', () => {
  const folder = scratch();
  let browser: Browser;
  beforeAll(async () => {
    const g = generator(6);
    const random = (name: string, ...shape: number[]) => ({
      name,
      shape,
      data: Float32Array.from({ length: shape[0] * shape[1] }, () => normal(g)),
    });
    const layers = [0, 1, 2].map((k) => random(`h.${k}.mlp.c_proj.weight`, 32, 8));
    const file = encodeSafetensors([random('wte.weight', TOKENS, 8), ...layers]);
    writeFileSync(join(folder, 'm.safetensors'), file);
    writeFileSync(join(folder, 'vocab.txt'), names.join('\n'));
    const all = ['--baseline', 'gaussian,unit,spectrum,norms,shuffled,sparse', '--report'];
    const words = ['measure', 'm.safetensors', '--preset'];
    const runs = await polysemMany(
      [
        [...words, 'token-embedding', '--labels', 'vocab.txt', '--centre', ...all, 'one.html'],
        [...words, 'mlp-out', '--layer', 'all', ...all, 'three.html'],
      ],
      folder,
    );
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, 'wrote one.html\n'],
      [0, 'wrote three.html\n'],
    ]);
    browser = await openBrowser();
  });
  afterAll(async () => browser?.close());

  /** Opens a page and checks that it makes no requests and logs no errors. */
  async function open(name: string): Promise<Page> {
    const page = await openPage(browser);
    const heard: string[] = [];
    const { href } = pathToFileURL(join(folder, name));
    page.on('request', (request) => {
      if (request.url() !== href && !request.url().startsWith('data:')) heard.push(request.url());
    });
    page.on('console', (message) => heard.push(message.text()));
    page.on('pageerror', (error) => heard.push(error.message));
    await page.goto(href);
    expect(heard).toEqual([]);
    return page;
  }

  const shares = (page: Page) => page.locator('figure .art > svg').count();

  it('shows distributions, the spectrum and escaped names of features', async () => {
    const page = await open('one.html');
    // Figures: capacities, leverages, spectrum.
    expect(await shares(page)).toBe(3);
    const text = await page.locator('body').innerText();
    for (const part of [
      'Capacity in m.safetensors',
      'token-embedding (wte.weight)',
      '40 features in 8 dimensions, rank 8',
      'Vectors are centred',
      'Capacity of the features',
      'Leverage of the features',
      'Spectrum of the frame operator',
      'random unit vectors',
      'norms shuffled',
    ])
      expect(text).toContain(part);
    expect(await page.locator('blink').count()).toBe(0);
    const cells = await page.locator('td').allInnerTexts();
    // 15 features at each end, and both features of the 15 most parallel pairs.
    expect(cells.filter((cell) => names.includes(cell)).length).toBe(15 * 4);
  });

  it('compares several matrices and shows each in its own section', async () => {
    const page = await open('three.html');
    expect(await shares(page)).toBe(2 + 3 * 3);
    const headings = await page.locator('h2').allInnerTexts();
    for (const k of [0, 1, 2])
      expect(headings).toContain(`mlp-out of layer ${k} (h.${k}.mlp.c_proj.weight)`);
    expect(headings).toContain('Comparison of matrices');
    expect(readFileSync(join(folder, 'three.html'), 'utf8')).toMatch(/^<!doctype html>/i);
  });
});
