import { chunksOf } from './chunks.ts';
import type { CellOutcome } from './cell.ts';
import type { CellExecutor } from './executor.ts';
import type { SweepPlan } from './plan.ts';
import { openCellPool, type CellPoolOptions } from './pool/cell-pool.ts';

/** Messages of workers whose outcomes are not on disk yet. */
const MOST_UNKEPT = 64;

/**
 * Computes cells in processes of this machine.
 *
 * @param plan the plan, which estimates the times and sizes of cells.
 * @param options number of processes, threads per cell, retries and folders.
 * @returns the executor; close it after use.
 *
 * @example
 * ```js
 * import { localExecutor } from 'polysem/sweep';
 * const executor = localExecutor({ seconds: () => 1, bytes: () => 1000 }, { workers: 2, folder: '.', unfinished: null });
 * await executor.close();
 * executor.workers; // 2
 * ```
 */
export function localExecutor(
  plan: Pick<SweepPlan, 'seconds' | 'bytes'>,
  options: CellPoolOptions,
): CellExecutor {
  const pool = openCellPool(options);
  const stop = (): void => void pool.close();
  return {
    workers: pool.workers,
    run: async (cells, { keep, signal }) => {
      const kept = new Set<Promise<void>>();
      // A failure to keep aborts the signal; whoever gave the hooks knows of it.
      const keepSoon = (outcomes: readonly CellOutcome[]): void => {
        const one: Promise<void> = keep(outcomes)
          .catch(() => {})
          .finally(() => kept.delete(one));
        kept.add(one);
      };
      const chunks = chunksOf(cells, plan);
      // Each worker has one chunk at work and one waiting, so that it never waits for this process.
      const lane = async (): Promise<void> => {
        for (const chunk of chunks) {
          if (signal.aborted) return;
          // oxlint-disable-next-line no-await-in-loop -- a lane computes one chunk after the other
          await pool.compute(chunk.cells, keepSoon);
          // oxlint-disable-next-line no-await-in-loop -- a slow disk slows down the lanes
          if (kept.size > MOST_UNKEPT) await Promise.all(kept);
        }
      };
      signal.addEventListener('abort', stop, { once: true });
      try {
        await Promise.all(Array.from({ length: 2 * pool.workers }, lane));
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener('abort', stop);
        await Promise.all(kept);
      }
    },
    close: pool.close,
  };
}
