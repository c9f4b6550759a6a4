/** Addresses of the tables that compact vectors. */
export interface CompactionTables {
  /** Per subset of lanes: the byte shuffle that moves these lanes to the front, and 4 times their number. */
  readonly compaction: number;
  readonly compactionSizes: number;
}

/** Writes the tables that move a subset of lanes to the front of a vector. */
export function writeCompaction(
  buffer: ArrayBufferLike,
  { compaction, compactionSizes }: CompactionTables,
): void {
  const sizes = new Int32Array(buffer, compactionSizes, 16);
  for (let mask = 0; mask < 16; mask++) {
    const lanes = [0, 1, 2, 3].filter((lane) => (mask >> lane) % 2 === 1);
    const order = new Uint8Array(buffer, compaction + 16 * mask, 16).fill(255);
    order.set(lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)));
    sizes[mask] = 4 * lanes.length;
  }
}
