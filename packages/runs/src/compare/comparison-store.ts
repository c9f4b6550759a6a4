import { resolve } from 'node:path';
import { revision, version } from '@polysem/core/version';
import type { TensorFile } from '@polysem/io';
import { isUrl, shownLocation } from '@polysem/io/bytes';
import { identity } from '../identity.ts';
import type { FeatureChoice } from '../measure/feature-choice.ts';
import { fileVersions } from '../measure/file-versions.ts';
import { matrixOf } from '../measure/measurement-store.ts';
import { journalPath } from '../store/journal-path.ts';
import { openStore, type RunStore } from '../store/run-store.ts';
import type { CompareSettings } from './compare-matrices.ts';

/** One side of a comparison, in its file. */
export interface StoredSide {
  readonly path: string;
  readonly file: TensorFile;
  readonly choice: FeatureChoice;
  /** Names of the features; null if none are known. */
  readonly labels: readonly string[] | null;
}

/**
 * Opens the store of a comparison, which keeps finished parts and states so that the comparison resumes after an interruption.
 * Its files are in the folder of the output, or in the current folder. Files on the web have no store, because they may change
 * unnoticed; nor have standard input, and folders that are not writable.
 *
 * @param sides A and B.
 * @param settings settings of the comparison.
 * @param options path of the output, if there is one, and a callback for notes about files that cannot be used.
 * @returns the store, or undefined.
 *
 * @example
 * ```js
 * import { rmSync, writeFileSync } from 'node:fs';
 * import { comparisonStore } from 'polysem/measure';
 * writeFileSync('v.npy', '');
 * const side = { path: 'v.npy', file: { entries: [] }, choice: { tensor: 'v', axis: 'rows' }, labels: null };
 * const store = await comparisonStore([side, side], { by: 'match', centre: false, normalise: false });
 * rmSync('v.npy');
 * store.finished('pairs') === undefined; // true
 * ```
 */
export async function comparisonStore(
  sides: readonly [StoredSide, StoredSide],
  settings: CompareSettings,
  {
    out,
    onNote,
  }: { readonly out?: string | undefined; readonly onNote?: (line: string) => void } = {},
): Promise<RunStore | undefined> {
  if (sides.some(({ path }) => isUrl(path) || path === shownLocation('-'))) return undefined;
  const { by, signs, align, threshold, assignUpTo, seed, centre, normalise, blas } = settings;
  const spec = {
    command: 'compare',
    sides: sides.map(({ path, choice, labels }) => ({
      file: resolve(path),
      matrix: matrixOf(choice),
      ...(by === 'names' && { labels: identity(labels) }),
    })),
    settings: { by, signs, align, threshold, assignUpTo, seed, centre, normalise },
    ...(blas && { blas: blas.name }),
  };
  const { journal } = journalPath(out, spec);
  if (journal === undefined) return undefined;
  const files = await Promise.all(sides.map(({ path, file }) => fileVersions(path, file)));
  return openStore(journal, identity({ ...spec, files, version, revision }), onNote);
}
