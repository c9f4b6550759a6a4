export { embedding, embeddingFromVectors, featureVector, type Embedding } from './embedding.ts';
