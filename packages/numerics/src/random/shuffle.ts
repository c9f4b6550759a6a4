import { integerBelow } from './distributions.ts';
import type { Generator } from './generator.ts';

/** A list or typed array whose entries may be exchanged. */
export interface Exchangeable<T> {
  readonly length: number;
  [index: number]: T;
}

/**
 * Shuffles in place, every order equally likely.
 *
 * Source: Fisher and Yates; Knuth, "The Art of Computer Programming", volume 2, algorithm 3.4.2P.
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
 * A random order of 0 .. n - 1.
 *
 * @throws RangeError unless n is a non-negative integer below 2^32.
 */
export function permutation(g: Generator, n: number): Uint32Array {
  if (!Number.isInteger(n) || n < 0 || n >= 2 ** 32) {
    throw new RangeError(`permutation: n must be a non-negative integer below 2^32, got ${n}`);
  }
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  shuffle(g, order);
  return order;
}
