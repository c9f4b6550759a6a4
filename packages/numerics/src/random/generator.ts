import { philox4x32 } from './philox.ts';

/**
 * A stream of random numbers: plain, small, mutable state (`structuredClone` makes a checkpoint).
 *
 * A stream is named by 128 bits: the Philox key (64) and the upper half of the counter (64). The
 * lower half of the counter counts the blocks drawn.
 */
export interface Generator {
  /** The Philox key, 2 words; never changes. */
  readonly key: Uint32Array;
  /** The Philox counter of the next block, 4 words: position (low, high), stream (low, high). */
  readonly counter: Uint32Array;
  /** The block being handed out, 4 words. */
  readonly block: Uint32Array;
  /** How many words of the block are spent, 0 to 4. */
  used: number;
  /** The second number of the last pair of normals, or NaN when there is none. */
  spareNormal: number;
}

// Word 1 of the counter: drawing would need 2^63 blocks to reach this bit, splitting always sets it.
const SPLIT_TAG = 0x80000000;
const TWO_32 = 0x100000000;
const TWO_64 = 0x10000000000000000n;

function stream(key0: number, key1: number, stream0: number, stream1: number): Generator {
  return {
    key: Uint32Array.of(key0, key1),
    counter: Uint32Array.of(0, 0, stream0, stream1),
    block: new Uint32Array(4),
    used: 4,
    spareNormal: NaN,
  };
}

/**
 * The root stream of a seed: Philox 4x32-10 with the seed as key, counters from zero.
 *
 * The same seed gives the same words and uniforms in every engine, for ever. Numbers which go
 * through `Math.log` may differ in the last bit between engines of different makers.
 *
 * @param seed 64 bits: a non-negative safe integer, or a bigint in [0, 2^64).
 * @throws RangeError for any other seed.
 */
export function generator(seed: number | bigint): Generator {
  if (typeof seed === 'bigint') {
    if (seed < 0n || seed >= TWO_64) {
      throw new RangeError(`generator: a bigint seed must lie in [0, 2^64), got ${seed}`);
    }
    return stream(Number(seed & 0xffffffffn), Number(seed >> 32n), 0, 0);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`generator: seed must be a non-negative safe integer, got ${seed}`);
  }
  return stream(seed % TWO_32, Math.floor(seed / TWO_32), 0, 0);
}

/**
 * Child `index` of a stream: a fresh stream, a pure function of the parent's name and the index. It
 * neither depends on how much the parent has drawn nor advances it, and children may be made in any
 * order; children of children make a tree.
 *
 * The child's 128-bit name (key and stream) is the parent's block at position `index` with the top
 * bit of the position set. Drawing never sets that bit, so no drawn block is ever a child's name.
 * Philox is a bijection for a fixed key, so siblings never share a name. Names further apart in the
 * tree agree only by a 128-bit coincidence (2^-128 for each pair of streams).
 *
 * @param index a non-negative safe integer.
 * @throws RangeError for any other index.
 */
export function split(parent: Generator, index: number): Generator {
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new RangeError(`split: index must be a non-negative safe integer, got ${index}`);
  }
  const name = Uint32Array.of(
    index % TWO_32,
    SPLIT_TAG + Math.floor(index / TWO_32),
    parent.counter[2],
    parent.counter[3],
  );
  philox4x32(name, parent.key, name);
  return stream(name[0], name[1], name[2], name[3]);
}

/** Draws the next block of the stream; `used` starts over. */
function refill(g: Generator): void {
  const { counter } = g;
  philox4x32(counter, g.key, g.block);
  counter[0]++;
  if (counter[0] === 0) counter[1]++;
  g.used = 0;
}

/** The next word of the stream: an integer, uniform on 0 .. 2^32 - 1. */
export function uint32(g: Generator): number {
  if (g.used === 4) refill(g);
  return g.block[g.used++];
}
