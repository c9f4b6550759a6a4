/**
 * Embeddings and their linear algebra: vectors of features, frame operator, Gram matrix, singular values.
 *
 * @module
 */
export * from '@polysem/core/embedding';
