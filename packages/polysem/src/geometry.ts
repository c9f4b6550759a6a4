/**
 * Geometry: blocks, their shapes, the efficient form, neurons, dynamics of training.
 *
 * @module
 */
export * from '@polysem/core/geometry';
