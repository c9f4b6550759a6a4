import { resolve } from 'node:path';
import { revision, version } from '@polysem/core/version';
import type { TensorFile } from '@polysem/io';
import { isUrl, shownLocation } from '@polysem/io/bytes';
import { identity } from '../identity.ts';
import type { FeatureChoice } from './feature-choice.ts';
import { journalPath } from '../store/journal-path.ts';
import { openStore, type RunStore } from '../store/run-store.ts';
import { fileVersions } from './file-versions.ts';
import type { MeasureSettings } from './measure-settings.ts';

/**
 * Opens the store of a measurement, which keeps partial results so that the measurement resumes after an interruption. Its
 * files are in the folder of the output, or in the current folder. Files on the web have no store, because they may change
 * unnoticed; nor have standard input, and folders that are not writable.
 *
 * @param path path of the weights.
 * @param file the open file.
 * @param choice the chosen matrix.
 * @param settings settings of the measurement.
 * @param options path of the output, if there is one, and a callback for notes about files that cannot be used.
 * @returns the store, or undefined.
 *
 * @example
 * ```js
 * import { rmSync, writeFileSync } from 'node:fs';
 * import { measurementStore } from 'polysem/measure';
 * writeFileSync('w.npy', '');
 * const choice = { tensor: 'w', axis: 'rows' };
 * const settings = { precision: 'auto', centre: false, normalise: false };
 * const store = await measurementStore('w.npy', { entries: [] }, choice, settings);
 * rmSync('w.npy');
 * store.finished('features') === undefined; // true
 * ```
 */
export async function measurementStore(
  path: string,
  file: TensorFile,
  choice: FeatureChoice,
  { precision, centre, normalise, blas }: MeasureSettings,
  {
    out,
    onNote,
  }: { readonly out?: string | undefined; readonly onNote?: (line: string) => void } = {},
): Promise<RunStore | undefined> {
  if (isUrl(path) || path === shownLocation('-')) return undefined;
  const spec = {
    command: 'measure',
    file: resolve(path),
    matrix: matrixOf(choice),
    treatment: { precision, centre, normalise, ...(blas && { blas: blas.name }) },
  };
  const { journal } = journalPath(out, spec);
  if (journal === undefined) return undefined;
  const files = await fileVersions(path, file);
  return openStore(journal, identity({ ...spec, files, version, revision }), onNote);
}

/** The parts of a choice that decide which numbers of a file are the vectors. */
export function matrixOf({
  tensor,
  axis,
  index,
  slice,
  from,
  to,
  parts,
  combine,
  fold,
  product,
}: FeatureChoice): object {
  return { tensor, axis, index, slice, from, to, parts, combine, fold, product };
}
