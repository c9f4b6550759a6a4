/**
 * Toy models as data, and their losses: exact, on a batch, on a fixed sample.
 *
 * @module
 */
export * from '@polysem/engine/models';
