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
import { openPool, type WorkerPool } from '../src/node.ts';
import { serveSite } from './site.ts';

const shape = { dims: 40, features: 30_000, seed: 1 };

/** A hash of the bits of a measurement. */
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

describe('a pool of worker threads that measures', () => {
  let pool: WorkerPool;
  beforeEach(async () => {
    pool = await openPool({ threads: 2 });
  });
  afterEach(() => pool.close());

  it('gives the same bytes as this thread, repeatedly', async () => {
    expect(pool.threads).toBe(2);
    for (let run = 0; run < 2; run++) {
      expect(digest(await measureStream(gaussianSource(shape), {}, pool))).toBe(expected);
    }
    const three = await openPool({ threads: 3 });
    expect(digest(await measureStream(gaussianSource(shape), {}, three))).toBe(expected);
    await three.close();
  });

  it('finds the same neighbours as this thread', async () => {
    const source = gaussianSource({ dims: 16, features: 900, seed: 2 });
    expect(await streamNeighbours(source, {}, pool)).toEqual(await streamNeighbours(source));
  });

  it('can be used again after a source or a task has failed', async () => {
    const source = gaussianSource(shape);
    let reads = 0;
    const broken: FeatureSource = {
      ...source,
      read: async (first, count) => {
        if (++reads > 12) throw new Error('disk on fire');
        return source.read(first, count);
      },
    };
    await expect(measureStream(broken, {}, pool)).rejects.toThrow('disk on fire');
    const input = { dims: 0, from: 0, to: 1, precision: 'float32', scale: 1 } as const;
    await expect(pool.ask(0, 'openRows', input)).rejects.toThrow(RangeError);
    await expect(pool.ask(1, 'closeRows', null)).rejects.toThrow('not begun');
    expect(digest(await measureStream(source, {}, pool))).toBe(expected);
  });

  it('rejects a measurement during which it is closed, and later tasks', async () => {
    const source = gaussianSource(shape);
    const reason = new Error('enough');
    const running = measureStream(
      source,
      { onProgress: ({ stage }) => stage === 'frame' && void pool.close(reason) },
      pool,
    );
    await expect(running).rejects.toBe(reason);
    await expect(pool.ask(0, 'rest', null)).rejects.toBe(reason);
  });

  it('does not keep a process alive', () => {
    const script = `
      const { openPool } = await import('@polysem/threads/node');
      const { gaussianSource, measureStream } = await import('@polysem/core/streaming');
      const pool = await openPool({ threads: 2 });
      const m = await measureStream(gaussianSource(${JSON.stringify(shape)}), {}, pool);
      console.log(m.rank);`;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script],
      { cwd: new URL('..', import.meta.url), encoding: 'utf8', timeout: 600_000 },
    );
    expect([stderr, stdout, status]).toEqual(['', '40\n', 0]);
  });
});

describe.skipIf(!hasBrowser)('a pool of module workers in a browser that measures', () => {
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

  it('gives the same bytes for any number of workers, and passes errors on', async () => {
    const page = await openPage(browser);
    await page.goto(url);
    const found = await page.evaluate<{
      digests: string[];
      failed: string;
      missing: string;
    }>(`(async () => {
      const { openPool } = await import('/threads/browser.js');
      const { gaussianSource, measureStream } = await import('/core/streaming/index.js');
      const digest = ${digest.toString()};
      const source = gaussianSource(${JSON.stringify(shape)});
      const digests = [];
      for (const threads of [1, 2]) {
        const pool = await openPool({ threads });
        digests.push(digest(await measureStream(source, {}, pool)));
        await pool.close();
      }
      const pool = await openPool({ threads: 1 });
      const broken = { ...source, read: async () => { throw new Error('file is gone'); } };
      const failed = await measureStream(broken, {}, pool).catch((error) => error.message);
      await pool.close();
      const missing = await openPool({ threads: 1, worker: '/missing.js' }).catch((error) => error.message);
      return { digests, failed, missing };
    })()`);
    expect(found.digests[0]).toBe(found.digests[1]);
    // The last bits may differ from Node's, since Chromium may fuse multiplications and additions where this Node does not.
    expect(found.digests[0]).toMatch(/^-?[\da-f]+$/);
    expect([found.failed, found.missing]).toEqual([
      'file is gone',
      'the worker could not be loaded',
    ]);
  });
});
