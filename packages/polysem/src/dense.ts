/**
 * Products of large matrices that come in chunks: sums of outer products, projections, nearest neighbours.
 *
 * @module
 */
export * from '@polysem/numerics/dense';
