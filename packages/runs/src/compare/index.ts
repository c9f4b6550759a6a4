/**
 * Two matrices of features compared, by all threads.
 *
 * @module
 */
export {
  compareMatrices,
  type ComparedMatrices,
  type CompareSettings,
  type MatrixToCompare,
} from './compare-matrices.ts';
export { comparisonKeeper } from './comparison-keeper.ts';
export { comparisonStore, type StoredSide } from './comparison-store.ts';
export { largestMatching, matchingBytes } from './matching-memory.ts';
export { sha256OfFile } from '../sweep/file-sha256.ts';
