// Time and memory of one reading.

import process from 'node:process';
import { getHeapStatistics } from 'node:v8';

/** Bytes on the heap, and outside of it in array buffers. */
function heldBytes() {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

/** Largest memory of the process so far, in bytes. */
function peakBytes() {
  return process.resourceUsage().maxRSS * 1024;
}

/**
 * Runs a function and measures it. Memory is what was allocated meanwhile: the process has so large a young generation
 * that a reading within the limit needs no collection. Where one ran all the same, the growth of the peak shows the rest.
 *
 * @returns {Promise<{ result: unknown, ms: number, bytes: number }>} result, milliseconds and bytes.
 */
export async function measured(run) {
  const [held, peak, begin] = [heldBytes(), peakBytes(), performance.now()];
  const result = await run();
  const ms = performance.now() - begin;
  return { result, ms, bytes: Math.max(heldBytes() - held, peakBytes() - peak, 0) };
}
