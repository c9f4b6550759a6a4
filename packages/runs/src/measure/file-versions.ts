import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { TensorFile } from '@polysem/io';

/**
 * Paths, sizes and times of the files that may hold part of a matrix, for the identity of what is computed from them: a changed
 * file is then read again.
 *
 * @param path path of the weights.
 * @param file the open file.
 */
export async function fileVersions(path: string, file: TensorFile): Promise<object[]> {
  return Promise.all((await storedIn(path, file)).map(versionOf));
}

/** All shards, or all files of a folder that are not hidden. */
async function storedIn(path: string, { entries }: TensorFile): Promise<string[]> {
  const shards = new Set(entries.flatMap((entry) => entry.file ?? []));
  if ((await stat(path)).isDirectory()) {
    const names = (await readdir(path)).filter((name) => !name.startsWith('.'));
    return [...new Set([...names, ...shards])].toSorted().map((name) => join(path, name));
  }
  return [path, ...[...shards].map((name) => join(dirname(path), name))];
}

async function versionOf(path: string): Promise<object> {
  const { size, mtimeMs } = await stat(path);
  return { path: resolve(path), size, mtimeMs };
}
