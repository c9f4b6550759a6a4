import { checkRange, type ByteSource } from './byte-source.ts';
import { FormatError } from './format-error.ts';
import { checkInside, type SourceFolder } from './source-folder.ts';

/** The members of a browser's `File` that are used. */
export interface NamedBlob {
  readonly name: string;
  readonly size: number;
  readonly slice: (
    from: number,
    to: number,
  ) => { readonly arrayBuffer: () => Promise<ArrayBuffer> };
  /** Path below the folder that was dropped or picked, if there was one. */
  readonly webkitRelativePath?: string;
}

/**
 * Makes a source of a file that was dropped on or picked in a web page. The file is read where needed, not as a whole.
 *
 * @param file a `File` of the browser, or anything with its name, size and `slice`.
 * @returns a source whose reads reject with FormatError if the file changed since it was dropped.
 * @example
 * ```js
 * import { fileSource } from 'polysem/io';
 * const source = fileSource(new File(['abc'], 'letters.txt'));
 * (await source.read(1, 1))[0]; // 98
 * ```
 */
export function fileSource(file: NamedBlob): ByteSource {
  const { name, size } = file;
  return {
    name,
    size,
    read: async (offset, length) => {
      checkRange({ name, size }, offset, length);
      let bytes: Uint8Array | undefined;
      try {
        bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
      } catch (cause) {
        throw new FormatError(name, 'cannot be read any more; if it has changed, drop it again', {
          cause,
        });
      }
      if (bytes.length === length) return bytes;
      throw new FormatError(
        name,
        `ends before byte ${offset + length}; if it has changed, drop it again`,
      );
    },
  };
}

/**
 * Makes a folder of files that were dropped or picked together, so that an index finds its shards. A file's name is its
 * path below the dropped folder, or its plain name.
 *
 * @param files the files.
 * @param name the name of the folder in error messages.
 * @returns the folder.
 * @throws FormatError if two files have the same name.
 * @example
 * ```js
 * import { filesFolder } from 'polysem/io';
 * await filesFolder([new File(['{}'], 'config.json')]).list(); // ['config.json']
 * ```
 */
export function filesFolder(files: readonly NamedBlob[], name = 'the files'): SourceFolder {
  const byName = new Map<string, NamedBlob>();
  for (const file of files) {
    const path = file.webkitRelativePath?.split('/').slice(1).join('/') || file.name;
    if (byName.has(path)) {
      throw new FormatError(name, `two files are called ${path}; drop one folder at a time`);
    }
    byName.set(path, file);
  }
  return {
    name,
    open: async (file) => {
      checkInside(name, file);
      const found = byName.get(file);
      return found === undefined ? undefined : fileSource(found);
    },
    list: async () => [...byName.keys()],
  };
}
