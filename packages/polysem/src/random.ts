/**
 * Random numbers: generators that split, distributions, permutations, quasi-random points.
 *
 * @module
 */
export * from '@polysem/numerics/random';
