/** Assigns addresses in a linear memory. */
export interface MemoryLayout {
  /** Reserves bytes and returns their address, a multiple of 64 (one cache line). */
  readonly take: (bytes: number) => number;
  /** Total number of bytes, up to the end of the last reservation. */
  readonly size: () => number;
}

const LINE = 64;

/**
 * Starts a layout at address `from`. Each reservation has a line of padding, so vector loads may run past its end.
 *
 * @param from the first address; default 64.
 * @returns a layout without reservations.
 * @example
 * ```js
 * import { memoryLayout } from '@polysem/numerics/wasm';
 * const layout = memoryLayout();
 * layout.take(8); // 64
 * layout.take(8); // 192
 * ```
 */
export function memoryLayout(from: number = LINE): MemoryLayout {
  let end = from;
  return {
    take: (bytes) => {
      const address = end;
      end += (Math.ceil(bytes / LINE) + 1) * LINE;
      return address;
    },
    size: () => end,
  };
}
