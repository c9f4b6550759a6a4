/**
 * Comparison of measured capacities with the theory at one price; statistics of activations.
 *
 * @module
 */
export * from '@polysem/core/audit';
