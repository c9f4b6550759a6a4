// Time and memory of one reading.

import process from 'node:process';
import { getHeapStatistics } from 'node:v8';

/** Bytes on the heap, and outside of it in array buffers. */
function heldBytes() {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

/** Milliseconds of work of the process so far, on all its threads, and its largest memory in bytes. */
function used() {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { work: (userCPUTime + systemCPUTime) / 1000, peak: maxRSS * 1024 };
}

/**
 * Runs a function and measures it.
 *
 * Time is the shorter of the time that passed and the time that the process worked: other programs on a busy machine do
 * not count. Memory is what was allocated meanwhile: the young generation is so large that a reading within the limit
 * needs no collection. Where one ran all the same, the growth of the peak shows the rest.
 *
 * @returns {Promise<{ result: unknown, ms: number, bytes: number }>} result, milliseconds and bytes.
 */
export async function measured(run) {
  const [before, held, begin] = [used(), heldBytes(), performance.now()];
  const result = await run();
  const [passed, grown, after] = [performance.now() - begin, heldBytes() - held, used()];
  const ms = Math.min(passed, after.work - before.work);
  return { result, ms, bytes: Math.max(grown, after.peak - before.peak, 0) };
}
