import { integerBelow } from './distributions.ts';
import type { Generator } from './generator.ts';

/** An array or typed array whose entries can be exchanged. */
export interface Exchangeable<T> {
  readonly length: number;
  [index: number]: T;
}

/**
 * Shuffles in place; every order is equally likely.
 *
 * Source: Fisher and Yates; Knuth, "The Art of Computer Programming", volume 2, algorithm 3.4.2P.
 *
 * @param g generator.
 * @param items array to shuffle.
 * @example
 * ```js
 * import { generator, shuffle } from 'polysem/random';
 * const items = ['a'];
 * shuffle(generator(1), items);
 * items; // ['a']
 * ```
 */
export function shuffle<T>(g: Generator, items: Exchangeable<T>): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = integerBelow(g, i + 1);
    const item = items[i];
    items[i] = items[j];
    items[j] = item;
  }
}

/**
 * A random permutation of 0 .. n - 1.
 *
 * @param g generator.
 * @param n a non-negative integer below 2^32.
 * @returns the numbers 0 .. n - 1 in random order.
 * @throws RangeError if n is out of range.
 * @example
 * ```js
 * import { generator, permutation } from 'polysem/random';
 * permutation(generator(1), 3).toSorted(); // [0, 1, 2]
 * ```
 */
export function permutation(g: Generator, n: number): Uint32Array {
  if (!Number.isInteger(n) || n < 0 || n >= 2 ** 32) {
    throw new RangeError(`permutation: n must be a non-negative integer below 2^32, got ${n}`);
  }
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  shuffle(g, order);
  return order;
}
