import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isUrl, type TensorFile } from '@polysem/io';
import { identity, type MeasureCheckpoint } from '@polysem/runs';
import type { FeatureChoice } from '../features/choose-features.ts';
import { journalPath } from '../journal-path.ts';
import type { MeasureSettings } from './measure-matrix.ts';

/**
 * Where a measurement keeps its spectrum, so that it goes on from there if it is cut off: beside its output, or in the
 * current folder. None for files on the web, which may change unseen, and where nothing can be written.
 *
 * @param out the path of the output, if there is one.
 */
export async function checkpointOf(
  path: string,
  file: TensorFile,
  { tensor, axis, index, from, to, fold, product }: FeatureChoice,
  { precision, centre, normalise }: MeasureSettings,
  out: string | undefined,
): Promise<MeasureCheckpoint | undefined> {
  if (isUrl(path)) return undefined;
  const shard = file.entries.find(({ name }) => name === tensor)?.file;
  const given = await stat(path).catch(() => null);
  const folder = given?.isDirectory() === true ? path : dirname(path);
  const stored = shard === undefined ? path : join(folder, shard);
  const { size, mtimeMs } = await stat(stored);
  const spec = {
    command: 'measure',
    file: { path: resolve(stored), size, mtimeMs },
    matrix: { tensor, axis, index, from, to, fold, product },
    treatment: { precision, centre, normalise },
  };
  const { journal } = journalPath(out, spec);
  return journal === undefined ? undefined : { path: journal, identity: identity(spec) };
}
