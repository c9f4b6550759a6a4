import { readSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { checkRange, type ByteSource } from '../bytes/byte-source.ts';
import { FormatError } from '../bytes/format-error.ts';

/** An open file; `close` it when done. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

// So many bytes are copied in less time than it takes to ask another thread for them.
const SHORT = 1 << 16;

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

/**
 * Opens a regular file for reading at any place.
 *
 * Rejects with FormatError if there is no such file, it may not be read, or it is a folder, a pipe or
 * a device; reads do so if the file ends before the bytes asked for.
 */
export async function openFile(path: string): Promise<FileSource> {
  let handle: FileHandle | undefined;
  try {
    // Asked before opening, for opening a pipe would wait for a writer.
    const { size } = await regularFile(path);
    handle = await open(path, 'r');
    return fileSource(path, size, handle);
  } catch (error) {
    await handle?.close();
    const problem = PROBLEMS[(error as NodeJS.ErrnoException).code ?? ''];
    throw problem === undefined ? error : new FormatError(path, problem, { cause: error });
  }
}

async function regularFile(path: string): Promise<{ size: number }> {
  const status = await stat(path);
  if (status.isDirectory()) throw new FormatError(path, 'is a folder, not a file');
  if (!status.isFile()) throw new FormatError(path, 'is not a regular file');
  return status;
}

function fileSource(name: string, size: number, handle: FileHandle): FileSource {
  return {
    name,
    size,
    close: () => handle.close(),
    read: async (offset, length) => {
      checkRange({ name, size }, offset, length);
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        // The system reads at most 2 GiB at a time, and may give less than it was asked for.
        const part = bytes.subarray(done, done + 2 ** 30);
        const place = offset + done;
        const bytesRead =
          part.length <= SHORT
            ? readSync(handle.fd, part, 0, part.length, place)
            : // oxlint-disable-next-line no-await-in-loop -- where to go on depends on how much came
              (await handle.read(part, 0, part.length, place)).bytesRead;
        if (bytesRead === 0) {
          throw new FormatError(
            name,
            `ends at byte ${offset + done}, though it had ${size} bytes when opened; was it overwritten?`,
          );
        }
        done += bytesRead;
      }
      return bytes;
    },
  };
}
