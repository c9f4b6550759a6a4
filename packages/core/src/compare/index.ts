/**
 * Comparison of two dictionaries: pairs of features, their cosines beside chance, spans, and changes of capacity.
 *
 * @module
 */
export { ASSIGN_UP_TO, compareFeatures } from './compare-features.ts';
export { COSINE_BINS } from './comparison.ts';
export type {
  CapacityChange,
  ComparedSide,
  CompareOptions,
  CompareProgress,
  Comparison,
  GramSimilarity,
  PairChance,
  Pairing,
  Pairs,
  SpanOverlap,
} from './comparison.ts';
export type { ComparisonKeeper, ComparisonPart } from './kept-parts.ts';
export type { Signs } from '../streaming/chunk-pair.ts';
export { largestRandomCosine, probabilityAbove, randomCosineShares } from './random-cosines.ts';
