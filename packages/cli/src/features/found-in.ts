import type { TensorFile } from '@polysem/io';
import { findFeatures, type FeatureHints, type FoundFeatures } from '@polysem/io/layouts';

/** The parts of a file that choosing needs. */
export type ListedFile = Pick<TensorFile, 'entries' | 'metadata'>;

/** Finds the matrices of features in an open file, with the help of what lies beside it. */
export function foundIn({ entries, metadata }: ListedFile, hints: FeatureHints): FoundFeatures {
  return findFeatures(entries, { metadata, ...hints });
}
