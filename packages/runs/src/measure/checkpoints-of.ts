import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { version } from '@polysem/core';
import type { TensorFile } from '@polysem/io';
import { isUrl } from '@polysem/io/bytes';
import { identity } from '../identity.ts';
import type { MeasureCheckpoint } from '../measure-checkpoint.ts';
import type { FeatureChoice } from './feature-choice.ts';
import { journalPath } from '../journal-path.ts';
import type { MeasureSettings } from './measure-matrix.ts';

/** Where the parts of a matrix's measurement are kept until the command has written all that it was to write. */
export type Checkpoints = (part: string, depends?: object) => MeasureCheckpoint;

/**
 * Where a measurement keeps what it has found, so that it goes on from there if it is cut off: beside its output, or in the
 * current folder. None for files on the web, which may change unseen, and where nothing can be written.
 *
 * @param out the path of the output, if there is one.
 * @param use hears of each place.
 */
export async function checkpointsOf(
  path: string,
  file: TensorFile,
  { tensor, axis, index, from, to, fold, product }: FeatureChoice,
  { precision, centre, normalise }: MeasureSettings,
  out: string | undefined,
  use: (checkpoint: MeasureCheckpoint) => void,
): Promise<Checkpoints | undefined> {
  if (isUrl(path)) return undefined;
  const spec = {
    command: 'measure',
    file: resolve(path),
    matrix: { tensor, axis, index, from, to, fold, product },
    treatment: { precision, centre, normalise },
  };
  const { journal } = journalPath(out, spec);
  if (journal === undefined) return undefined;
  // A source that has changed is measured anew, in the same place.
  const files = await Promise.all((await storedIn(path, file)).map(versionOf));
  return (part, depends = {}) => {
    const checkpoint = {
      path: `${journal}-${part}`,
      identity: identity({ ...spec, files, part, depends, version }),
      keepsResult: true,
    };
    use(checkpoint);
    return checkpoint;
  };
}

/** The files that may hold a part of what is measured: all shards, or all of a folder but hidden ones. */
async function storedIn(path: string, { entries }: TensorFile): Promise<string[]> {
  if ((await stat(path)).isDirectory()) {
    const names = (await readdir(path)).filter((name) => !name.startsWith('.'));
    return names.toSorted().map((name) => join(path, name));
  }
  const beside = new Set(entries.flatMap((entry) => entry.file ?? []));
  return [path, ...[...beside].map((name) => join(dirname(path), name))];
}

async function versionOf(path: string): Promise<object> {
  const { size, mtimeMs } = await stat(path);
  return { path: resolve(path), size, mtimeMs };
}
