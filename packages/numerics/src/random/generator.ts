import { nonNegativeInteger } from '../checks/index.ts';
import { philox4x32 } from './philox.ts';

/**
 * A generator of random numbers: a small, plain, mutable state (`structuredClone` makes a checkpoint).
 *
 * 128 bits identify a generator: the Philox key (64 bits) and the upper half of the counter (64 bits). The lower half of
 * the counter counts the blocks drawn.
 */
export interface Generator {
  /** Philox key, 2 words; never changes. */
  readonly key: Uint32Array;
  /** Philox counter of the next block, 4 words: position (low, high), stream (low, high). */
  readonly counter: Uint32Array;
  /** The current block, 4 words. */
  readonly block: Uint32Array;
  /** Number of words of the block that are used, 0 to 4. */
  used: number;
  /** The second number of the last pair of normals, or NaN if there is none. */
  spareNormal: number;
}

// Word 1 of the counter. Only children set this bit: drawing would need 2^63 blocks to reach it.
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
 * The root generator of a seed: Philox 4x32-10 with the seed as key and the counter at zero. A seed gives the same words
 * in every engine.
 *
 * @param seed 64 bits: a non-negative safe integer, or a bigint in [0, 2^64).
 * @returns the generator at its start.
 * @throws RangeError for any other seed.
 * @example
 * ```js
 * import { generator, nextUint32 } from 'polysem/random';
 * nextUint32(generator(0)); // 1713891541
 * ```
 */
export function generator(seed: number | bigint): Generator {
  if (typeof seed === 'bigint') {
    if (seed < 0n || seed >= TWO_64) {
      throw new RangeError(`generator: a bigint seed must lie in [0, 2^64), got ${seed}`);
    }
    return stream(Number(seed & 0xffffffffn), Number(seed >> 32n), 0, 0);
  }
  nonNegativeInteger('seed', seed);
  return stream(seed % TWO_32, Math.floor(seed / TWO_32), 0, 0);
}

/**
 * Child `index` of a generator: a new generator that depends only on the parent's identity and the index. It does not
 * depend on how much the parent has drawn and does not advance the parent. Children may be made in any order, and may have
 * children of their own.
 *
 * The child's 128-bit identity (key and stream) is the parent's block at position `index` with the top bit of the position
 * set. Drawing never sets that bit, so no drawn block equals a child's identity. Philox is a bijection for a fixed key, so
 * siblings always differ. Any two other generators of the tree agree with probability 2^-128.
 *
 * @param parent generator; not changed.
 * @param index a non-negative safe integer.
 * @returns the child at its start.
 * @throws RangeError for any other index.
 * @example
 * ```js
 * import { childGenerator, generator, nextUint32 } from 'polysem/random';
 * const parent = generator(0);
 * const first = nextUint32(childGenerator(parent, 7));
 * nextUint32(parent) !== first; // true
 * nextUint32(childGenerator(parent, 7)) === first; // true
 * ```
 */
export function childGenerator(parent: Generator, index: number): Generator {
  nonNegativeInteger('index', index);
  const name = Uint32Array.of(
    index % TWO_32,
    SPLIT_TAG + Math.floor(index / TWO_32),
    parent.counter[2],
    parent.counter[3],
  );
  philox4x32(name, parent.key, name);
  return stream(name[0], name[1], name[2], name[3]);
}

/** Computes the next block and resets `used`. */
function refill(g: Generator): void {
  const { counter } = g;
  philox4x32(counter, g.key, g.block);
  counter[0]++;
  if (counter[0] === 0) counter[1]++;
  g.used = 0;
}

/**
 * The next word of a generator: a uniform integer in 0 .. 2^32 - 1.
 *
 * @param g generator; advanced.
 * @returns the word.
 * @example
 * ```js
 * import { generator, nextUint32 } from 'polysem/random';
 * nextUint32(generator(0)) < 2 ** 32; // true
 * ```
 */
export function nextUint32(g: Generator): number {
  if (g.used === 4) refill(g);
  return g.block[g.used++];
}
