/**
 * Activations of toy models.
 *
 * @module
 */
export * from '@polysem/engine/activations';
export type { Arithmetic } from '@polysem/numerics/lanes';
export type { Body, Local, V128 } from '@polysem/numerics/wasm';
