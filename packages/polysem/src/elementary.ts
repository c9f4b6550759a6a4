/**
 * Elementary and special functions whose bytes are the same on every machine; quadrature.
 *
 * @module
 */
export * from '@polysem/numerics/elementary';
