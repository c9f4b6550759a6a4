/* oxlint-disable no-await-in-loop -- one measurement at a time */
import { spawnSync } from 'node:child_process';
import type { Server } from 'node:http';
import {
  gaussianSource,
  measureStream,
  streamNeighbours,
  type StreamMeasurement,
} from '@polysem/core/streaming';
import type { FeatureSource } from '@polysem/core/embedding';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, openPage } from '../../../test/browser.ts';
import { measureCrew, type MeasureCrew } from '../src/node.ts';
import { serveSite } from './site.ts';

const shape = { dims: 40, features: 30_000, seed: 1 };

/** Figures of a measurement, bit for bit, as a short text. */
function digest({ capacity, leverage, singularValues, participation }: StreamMeasurement): string {
  let hash = 0;
  for (const list of [capacity, leverage, singularValues, participation]) {
    for (const word of new Int32Array(list.buffer)) hash = (Math.imul(hash, 31) + word) | 0;
  }
  return hash.toString(16);
}

let expected: string;
beforeAll(async () => {
  expected = digest(await measureStream(gaussianSource(shape)));
});

describe('a crew of worker threads', () => {
  let crew: MeasureCrew;
  beforeEach(async () => {
    crew = await measureCrew({ threads: 2 });
  });
  afterEach(() => crew.close());

  it('gives the same bytes as this thread alone, again and again', async () => {
    expect(crew.threads).toBe(2);
    for (let run = 0; run < 2; run++) {
      expect(digest(await measureStream(gaussianSource(shape), {}, crew))).toBe(expected);
    }
    const three = await measureCrew({ threads: 3 });
    expect(digest(await measureStream(gaussianSource(shape), {}, three))).toBe(expected);
    await three.close();
  });

  it('finds the neighbours that this thread finds', async () => {
    const source = gaussianSource({ dims: 16, features: 900, seed: 2 });
    expect(await streamNeighbours(source, {}, crew)).toEqual(await streamNeighbours(source));
  });

  it('goes on after a source has failed, or a worker has refused an order', async () => {
    const source = gaussianSource(shape);
    let reads = 0;
    const broken: FeatureSource = {
      ...source,
      read: async (first, count) => {
        if (++reads > 12) throw new Error('disk on fire');
        return source.read(first, count);
      },
    };
    await expect(measureStream(broken, {}, crew)).rejects.toThrow('disk on fire');
    const order = { dims: 0, from: 0, to: 1, precision: 'float32', scale: 1 } as const;
    await expect(crew.ask(0, 'openRows', order)).rejects.toThrow(RangeError);
    await expect(crew.ask(1, 'closeRows', null)).rejects.toThrow('not begun');
    expect(digest(await measureStream(source, {}, crew))).toBe(expected);
  });

  it('rejects what runs when it is closed, and all after', async () => {
    const source = gaussianSource(shape);
    const reason = new Error('enough');
    const running = measureStream(
      source,
      { onProgress: ({ stage }) => stage === 'frame' && void crew.close(reason) },
      crew,
    );
    await expect(running).rejects.toBe(reason);
    await expect(crew.ask(0, 'rest', null)).rejects.toBe(reason);
  });

  it('refuses a number of threads that is none', async () => {
    await expect(measureCrew({ threads: 0 })).rejects.toThrow(
      'threads: must be a positive integer',
    );
  });

  it('keeps no process alive', () => {
    const script = `
      const { measureCrew } = await import('@polysem/threads/node');
      const { gaussianSource, measureStream } = await import('@polysem/core/streaming');
      const crew = await measureCrew({ threads: 2 });
      const m = await measureStream(gaussianSource(${JSON.stringify(shape)}), {}, crew);
      console.log(m.rank);`;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script],
      { cwd: new URL('..', import.meta.url), encoding: 'utf8', timeout: 600_000 },
    );
    expect([stderr, stdout, status]).toEqual(['', '40\n', 0]);
  });
});

describe.skipIf(!hasBrowser)('a crew of module workers in a browser', () => {
  let browser: Browser;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    ({ server, url } = await serveSite(false));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it('measures as many features as it is asked to, and tells errors', async () => {
    const page = await openPage(browser);
    await page.goto(url);
    const found = await page.evaluate<{
      digests: string[];
      failed: string;
      missing: string;
    }>(`(async () => {
      const { measureCrew } = await import('/threads/browser.js');
      const { gaussianSource, measureStream } = await import('/core/streaming/index.js');
      const digest = ${digest.toString()};
      const source = gaussianSource(${JSON.stringify(shape)});
      const digests = [];
      for (const threads of [1, 2]) {
        const crew = await measureCrew({ threads });
        digests.push(digest(await measureStream(source, {}, crew)));
        await crew.close();
      }
      const crew = await measureCrew({ threads: 1 });
      const broken = { ...source, read: async () => { throw new Error('file is gone'); } };
      const failed = await measureStream(broken, {}, crew).catch((error) => error.message);
      await crew.close();
      const missing = await measureCrew({ threads: 1, worker: '/missing.js' }).catch((error) => error.message);
      return { digests, failed, missing };
    })()`);
    expect(found.digests[0]).toBe(found.digests[1]);
    // Chromium fuses what Node here may not: the last bits may differ from Node's, but by no crew.
    expect(found.digests[0]).toMatch(/^-?[\da-f]+$/);
    expect([found.failed, found.missing]).toEqual([
      'file is gone',
      'the worker could not be loaded',
    ]);
  });
});
