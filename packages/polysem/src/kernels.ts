/**
 * Kernels, which train a model on sampled batches: the float64 reference and generated float32 WebAssembly.
 *
 * @module
 */
export * from '@polysem/engine/kernels';
