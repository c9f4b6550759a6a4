import type { Server } from 'node:http';
import type { KernelName } from '@polysem/engine/kernels';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser } from '../../../test/browser.ts';
import { openPool } from '../src/node.ts';
import { bytes, toyJob } from './jobs.ts';
import { serveSite } from './site.ts';

const steps = [400, 30, 200, 100, 300];

/** Isolation concerns no kernel's arithmetic. */
const SITES: readonly { readonly isIsolated: boolean; readonly kernels: readonly KernelName[] }[] =
  [
    { isIsolated: true, kernels: ['typescript', 'wasm-simd', 'wasm-fma'] },
    { isIsolated: false, kernels: ['wasm-simd'] },
  ];

describe.skipIf(!hasBrowser).each(SITES)(
  'a pool of module workers in a browser, isolated: $isIsolated',
  ({ isIsolated, kernels }) => {
    let browser: Browser;
    let context: BrowserContext;
    let server: Server;
    let url: string;
    beforeAll(async () => {
      ({ server, url } = await serveSite(isIsolated));
      browser = await openBrowser();
      // Pages of one context share what they have loaded.
      context = await browser.newContext();
      context.setDefaultTimeout(0);
    });
    afterAll(async () => {
      await browser?.close();
      server?.close();
    });

    /** Runs a script in a new page. */
    async function inPage<T>(code: string): Promise<T> {
      const page = await context.newPage();
      await page.goto(url);
      return page.evaluate<T>(`(async () => {
        const { openPool } = await import('/threads/browser.js');
        const jobs = await import('/jobs.js');
        ${code}
      })()`);
    }

    it.each(kernels)('gives the same bytes as Node: %s', async (kernel) => {
      const pool = await openPool({ threads: 2, kernel });
      const expected = (await pool.run(steps.map((count, i) => toyJob(i, count)))).map(bytes);
      await pool.close();
      const found = await inPage<{ isolated: boolean; results: string[][] }>(`
        const results = [];
        for (const threads of [1, 3]) {
          const pool = await openPool({ threads, kernel: '${kernel}' });
          const trained = await pool.run(${JSON.stringify(steps)}.map((count, i) => jobs.toyJob(i, count)));
          results.push(trained.map(jobs.bytes));
          await pool.close();
        }
        return { isolated: crossOriginIsolated, results };
      `);
      expect(found.isolated).toBe(isIsolated);
      expect(found.results).toEqual([expected, expected]);
    });

    it('loads the worker from the given address, and rejects when there is none', async () => {
      const found = await inPage<unknown[]>(`
        const url = new URL('/threads/browser-worker.js', location.href);
        const worker = () => new Worker(url, { type: 'module' });
        const counts = [];
        for (const pool of [await openPool({ threads: 1, worker: url }), await openPool({ threads: 1, worker })]) {
          counts.push((await pool.run([jobs.toyJob(1, 10)])).length);
          await pool.close();
        }
        const missing = await openPool({ threads: 1, worker: '/missing.js' }).catch((error) => error.message);
        return [...counts, missing];
      `);
      expect(found).toEqual([1, 1, 'the worker could not be loaded']);
    });

    it('names the job that fails, and stops on a signal', async () => {
      const found = await inPage<string[]>(`
        const pool = await openPool({ threads: 2 });
        const failed = await pool.run([jobs.toyJob(1, 10), jobs.badJob()]).catch((error) => error.message);
        const controller = new AbortController();
        const atWork = new Set();
        const kept = [];
        const stopped = await pool
          .run([jobs.toyJob(1, 1e9), jobs.toyJob(2, 1e9)], {
            signal: controller.signal,
            onSteps: (job) => atWork.add(job).size === 2 && controller.abort(),
            onCheckpoint: (job) => kept.push(job),
          })
          .catch((error) => error.name);
        await pool.close();
        return [failed, stopped, ...new Set(kept.sort())];
      `);
      expect(found).toEqual([expect.stringMatching(/^job 1: /), 'AbortError', 0, 1]);
    });
  },
);
