import { expect } from 'vitest';
import { FormatError } from '../src/index.ts';
import { expectOneLine, largestAllocation } from './helpers.ts';

/**
 * Reads a file cut at every byte, and with a bit of every byte flipped, or of every `step`th byte. Each must be read or be
 * refused in one line, without an array of more than `most` bytes.
 */
export async function readsOrRefusesDamaged(
  whole: Uint8Array,
  read: (bytes: Uint8Array) => Promise<unknown>,
  { most = 1e6, step = 1 }: { readonly most?: number; readonly step?: number } = {},
): Promise<void> {
  const readsOrRefuses = async (bytes: Uint8Array): Promise<void> => {
    const largest = await largestAllocation(() =>
      read(bytes).catch((error: unknown) => {
        if (!(error instanceof FormatError)) throw error;
        expectOneLine(error.message);
      }),
    );
    expect(largest).toBeLessThan(most);
  };
  for (let at = 0; at < whole.length; at++) {
    // oxlint-disable-next-line no-await-in-loop -- allocations are watched one file at a time
    await readsOrRefuses(whole.subarray(0, at));
    if (at % step > 0) continue;
    const flipped = new Uint8Array(whole);
    flipped[at] ^= 1 << (at % 8);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await readsOrRefuses(flipped);
  }
}
