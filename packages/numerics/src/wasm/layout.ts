/** Gives out places in a linear memory. */
export interface MemoryLayout {
  /** The address of so many bytes, on a multiple of 64, a line of the cache. */
  readonly take: (bytes: number) => number;
  /** All bytes given out so far. */
  readonly size: () => number;
}

const LINE = 64;

/** A layout from address `from` on. Vector loads may run over the end of a place into its padding of one line. */
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
