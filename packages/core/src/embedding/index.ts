/**
 * Embeddings and their linear algebra: vectors of features, frame operator, Gram matrix, singular values.
 *
 * @module
 */
export { embedding, type Embedding, embeddingFromVectors, featureVector } from './embedding.ts';
export {
  checkFeatureRange,
  embeddingSource,
  type FeatureSource,
  type Precision,
} from './feature-source.ts';
export { frameOperator } from './frame-operator.ts';
export { gram } from './gram.ts';
export { leftSingular } from './singular.ts';
export { turnedOnto } from './turned-onto.ts';
