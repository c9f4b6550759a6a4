import { i32, i32x4, v128, type Body, type I32, type Local } from '@polysem/numerics/wasm';

/** All lanes of a vector, as `i32x4.bitmask` gives them. */
export const ALL_LANES = 15;

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

/** Moves some lanes of a vector to its front, so that the lanes of many vectors can be stored without gaps. */
export interface Compaction {
  /** Shuffle (`v128.swizzle`) that moves the lanes to the front. */
  readonly order: Local<'v128'>;
  /** Bytes of the lanes. */
  readonly size: I32;
}

/** Emits code that looks up the shuffle for the lanes that a mask does not clip, and their size. */
export function compactionOf(
  body: Body,
  clipped: Local<'v128'>,
  { compaction, compactionSizes }: CompactionTables,
): Compaction {
  const lanes = i32.sub(i32.const(ALL_LANES), i32x4.bitmask(clipped));
  const subset = body.hold(i32.shl(lanes, i32.const(4)));
  const order = body.hold(v128.load(subset, compaction));
  return { order, size: i32.load(i32.shrU(subset, i32.const(2)), compactionSizes) };
}
