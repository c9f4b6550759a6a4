import { readSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { checkRange, type ByteSource } from '../bytes/byte-source.ts';
import { FormatError } from '../bytes/format-error.ts';

/** An open file; `close` it when done. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

// Reads of at most this many bytes are synchronous: that is faster than a round trip to another thread.
const SHORT = 1 << 16;

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EMFILE: 'too many files are open; allow more with ulimit -n',
  ENFILE: 'too many files are open on this machine; close some programs',
};

/**
 * Opens a regular file for reading at any offset.
 *
 * @param path the file.
 * @returns an open file; close it when done. Reads reject with FormatError if the file has become shorter.
 * @throws FormatError (as a rejection) if there is no such file, permission is denied, or it is a folder, pipe or
 *   device.
 * @example
 * ```js
 * import { openFile, writeFileAtomic } from 'polysem/io/node';
 * await writeFileAtomic('open-file.txt', 'abc');
 * const file = await openFile('open-file.txt');
 * (await file.read(1, 1))[0]; // 98
 * await file.close();
 * ```
 */
export async function openFile(path: string): Promise<FileSource> {
  try {
    // Checked before opening, because opening a pipe waits for a writer.
    const { size } = await regularFile(path);
    return fileSource(path, size, await open(path, 'r'));
  } catch (error) {
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
        // The system reads at most 2 GiB at a time, and may return less than requested.
        const part = bytes.subarray(done, done + 2 ** 30);
        const place = offset + done;
        const bytesRead =
          part.length <= SHORT
            ? readSync(handle.fd, part, 0, part.length, place)
            : // oxlint-disable-next-line no-await-in-loop -- the next read depends on how much this one returned
              (await handle.read(part, 0, part.length, place)).bytesRead;
        if (bytesRead === 0) {
          throw new FormatError(
            name,
            `ends at byte ${offset + done}, although it had ${size} bytes when it was opened; if it was overwritten, start again`,
          );
        }
        done += bytesRead;
      }
      return bytes;
    },
  };
}
