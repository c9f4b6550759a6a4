/**
 * Theory: losses as functions of capacity, the optimal allocation, phase boundaries.
 *
 * @module
 */
export * from '@polysem/core/theory';
