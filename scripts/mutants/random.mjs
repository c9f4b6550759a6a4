// Draws that depend only on the seed, the parser and the number of the mutant, so that any mutant can be made alone.

import { childGenerator, generator, integerBelow } from '@polysem/numerics/random';

/**
 * Makes the draws of one mutant.
 *
 * @returns {{ below: (n: number) => number, chance: (p: number) => boolean, pick: <T>(items: readonly T[]) => T }}
 *   `below(n)` is a whole number from 0 to n - 1.
 */
export function drawsOf(seed, parser, index) {
  const key = [...parser].reduce((sum, mark) => (sum * 31 + mark.charCodeAt(0)) >>> 0, 7);
  const random = childGenerator(childGenerator(generator(seed), key), index);
  const below = (n) => integerBelow(random, n);
  return {
    below,
    chance: (p) => below(1 << 20) < p * (1 << 20),
    pick: (items) => items[below(items.length)],
  };
}
