import { resolve } from 'node:path';
import type { TensorFile } from '@polysem/io';
import { isUrl } from '@polysem/io/bytes';
import { findFeatures, type FoundFeatures, type ModelConfig } from '@polysem/io/layouts';

/** Finds the matrices of features in an open file, with the help of its configuration and of the names around it. */
export function foundIn(
  path: string,
  { entries, metadata }: Pick<TensorFile, 'entries' | 'metadata'>,
  config: ModelConfig | null,
): FoundFeatures {
  return findFeatures(entries, { config, metadata, path: isUrl(path) ? path : resolve(path) });
}
