import { readdir, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { ByteSource } from '../bytes/byte-source.ts';
import { FormatError, quote } from '../bytes/format-error.ts';
import { checkInside, type SourceFolder } from '../bytes/source-folder.ts';
import { openFile, type FileSource } from './open-file.ts';

/** A folder on disk; `close` closes the files opened through it. */
export interface LocalFolder extends SourceFolder {
  close(): Promise<void>;
}

/**
 * Makes a folder of the files on disk. Links within the folder are followed. Links that leave it are refused, unless they
 * lead to the same model in a cache of the Hugging Face hub, or to the folder of the file that the user named.
 *
 * @param path the folder.
 * @param named a file in it that the user named, which may be a link.
 * @returns the folder; close it when done. Opening a link that leaves it rejects with FormatError.
 * @example
 * ```js
 * import { localFolder, writeFileAtomic } from 'polysem/io/node';
 * await writeFileAtomic('config.json', '{}');
 * const folder = localFolder('.');
 * (await folder.open('config.json')).size; // 2
 * await folder.close();
 * ```
 */
export function localFolder(path: string, named?: string): LocalFolder {
  let roots: Promise<readonly string[]> | undefined;
  return folderWithin(path, () => (roots ??= rootsOf(path, named)));
}

/** Folders, without links, in which the files of a folder may be. */
async function rootsOf(path: string, named: string | undefined): Promise<readonly string[]> {
  const target = named === undefined ? undefined : await realpath(named).catch(() => undefined);
  const folders = [await realpath(path), ...(target === undefined ? [] : [dirname(target)])];
  return folders.map(modelRoot);
}

/** The folder of a model in a cache of the hub, whose snapshots are links to its blobs; any other folder itself. */
function modelRoot(folder: string): string {
  const parts = folder.split(sep);
  const at = parts.findIndex(
    (part, i) =>
      /^(?:models|datasets|spaces)--/.test(part) &&
      /^(?:snapshots|blobs)$/.test(parts[i + 1] ?? ''),
  );
  return at < 0 ? folder : parts.slice(0, at + 1).join(sep);
}

/** A folder whose files must be within `roots`. */
function folderWithin(path: string, roots: () => Promise<readonly string[]>): LocalFolder {
  const opened: FileSource[] = [];
  const inside: LocalFolder[] = [];
  return {
    name: path,
    open: async (file): Promise<ByteSource | undefined> => {
      checkInside(path, file);
      try {
        await checkLink(path, file, roots);
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
      const folder = folderWithin(join(path, name), roots);
      inside.push(folder);
      return folder;
    },
    close: async () => {
      const sources = [...opened.splice(0), ...inside.splice(0)];
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

/**
 * Checks that a file is within the roots after all links are followed.
 *
 * @throws FormatError that names the link and its target.
 */
async function checkLink(
  path: string,
  file: string,
  roots: () => Promise<readonly string[]>,
): Promise<void> {
  const target = await realpath(join(path, file)).catch(() => undefined);
  // A missing file is reported when it is opened.
  if (target === undefined) return;
  const allowed = await roots();
  if (allowed.some((root) => isWithin(root, target))) return;
  throw new FormatError(
    path,
    `${quote(file)} is a link to ${quote(target, 200)}, outside of the folder; give that file by its own path, or put a copy into the folder`,
  );
}

function isWithin(root: string, target: string): boolean {
  const way = relative(root, target);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
