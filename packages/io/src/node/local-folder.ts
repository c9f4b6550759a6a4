import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource } from '../bytes/byte-source.ts';
import { FormatError } from '../bytes/format-error.ts';
import { checkInside, type SourceFolder } from '../bytes/source-folder.ts';
import { openFile, type FileSource } from './open-file.ts';

/** A folder on disk; `close` closes the files opened through it. */
export interface LocalFolder extends SourceFolder {
  close(): Promise<void>;
}

/**
 * Makes a folder of the files on disk. Links are followed wherever they lead: caches of models consist of them.
 *
 * @param path the folder.
 * @returns the folder; close it when done.
 * @example
 * ```js
 * import { localFolder, writeFileAtomic } from '@polysem/io/node';
 * await writeFileAtomic('config.json', '{}');
 * const folder = localFolder('.');
 * (await folder.open('config.json')).size; // 2
 * await folder.close();
 * ```
 */
export function localFolder(path: string): LocalFolder {
  const opened: FileSource[] = [];
  const inside: LocalFolder[] = [];
  return {
    name: path,
    open: async (file): Promise<ByteSource | undefined> => {
      checkInside(path, file);
      try {
        const source = await openFile(join(path, file));
        opened.push(source);
        return source;
      } catch (error) {
        const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
        if (error instanceof FormatError && (code === 'ENOENT' || code === 'ENOTDIR')) {
          return undefined;
        }
        throw error;
      }
    },
    list: async () => (await readdir(path)).toSorted(),
    folders: async () => {
      const names = await readdir(path, { withFileTypes: true });
      return names.filter((name) => name.isDirectory()).map(({ name }) => name);
    },
    subfolder: (name) => {
      checkInside(path, name);
      const folder = localFolder(join(path, name));
      inside.push(folder);
      return folder;
    },
    close: async () => {
      const sources = [...opened.splice(0), ...inside.splice(0)];
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}
