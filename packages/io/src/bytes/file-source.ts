import { checkRange, type ByteSource } from './byte-source.ts';
import { FormatError } from './format-error.ts';
import { checkInside, type SourceFolder } from './source-folder.ts';

/** What is used of a browser's `File`. */
export interface NamedBlob {
  readonly name: string;
  readonly size: number;
  readonly slice: (
    from: number,
    to: number,
  ) => { readonly arrayBuffer: () => Promise<ArrayBuffer> };
  /** Its path below the folder that was dropped or picked, where there was one. */
  readonly webkitRelativePath?: string;
}

/** A file that someone dropped or picked in a browser, read where it is asked for and not as a whole. */
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
        throw new FormatError(name, 'cannot be read any more; was it changed? drop it again', {
          cause,
        });
      }
      if (bytes.length === length) return bytes;
      throw new FormatError(
        name,
        `ends before byte ${offset + length}; was it changed? drop it again`,
      );
    },
  };
}

/**
 * Files dropped or picked together as a folder, so that an index finds its shards. A file's name is its path below the
 * folder that was dropped, or its name alone.
 *
 * @throws FormatError if two of them have one name.
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
