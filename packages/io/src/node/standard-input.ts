import process from 'node:process';
import type { FileHandle } from 'node:fs/promises';
import { checkRange } from '../bytes/byte-source.ts';
import { FormatError } from '../bytes/format-error.ts';
import { isStandardInput, shownLocation, STANDARD_INPUT } from '../bytes/hf-url.ts';
import type { SourceFolder } from '../bytes/source-folder.ts';
import type { FileSource } from './open-file.ts';
import { readTemporary, writeTemporary } from './spool.ts';

/** Name of the source in messages. */
const NAME: string = shownLocation(STANDARD_INPUT);
/** Bytes up to which standard input stays in memory; more goes to a temporary file. */
const IN_MEMORY = 1 << 26;

/** A folder without files: nothing is beside standard input. */
export const noFolder: SourceFolder = { name: NAME, open: async () => undefined };

let isTaken = false;

/**
 * Reads standard input to its end: into memory up to 64 MiB, else into a temporary file (in TMPDIR) that the system frees when
 * the process ends. The format is recognised by the content; text counts as CSV.
 *
 * @returns a source that can be read at any offset; close it when done.
 * @throws FormatError (as a rejection) if standard input is a terminal or a folder, was read before, or there is no space for it.
 *
 * @remarks No example: standard input can be read only once.
 */
export async function openStandardInput(): Promise<FileSource> {
  if (isTaken) throw new FormatError(NAME, 'is given as two inputs; give one of them as a file');
  if (process.stdin.isTTY)
    throw new FormatError(
      NAME,
      'is a terminal; pipe a file into polysem, as in: polysem measure - < W.npy',
    );
  isTaken = true;
  return inputSource(process.stdin as AsyncIterable<Uint8Array>);
}

/** Reads a stream to its end, as `openStandardInput` does. */
export async function inputSource(input: AsyncIterable<Uint8Array>): Promise<FileSource> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let file: FileHandle | undefined;
  try {
    for await (const piece of input) {
      if (file === undefined && size + piece.length > IN_MEMORY) {
        file = await writeTemporary(NAME, undefined, Buffer.concat(pieces), 0);
        pieces.length = 0;
      }
      if (file === undefined) pieces.push(piece);
      else await writeTemporary(NAME, file, piece, size);
      size += piece.length;
    }
  } catch (error) {
    await file?.close();
    if ((error as NodeJS.ErrnoException).code === 'EISDIR')
      throw new FormatError(NAME, 'is a folder, not a file', { cause: error });
    throw error;
  }
  const bytes = Buffer.concat(pieces);
  return {
    name: NAME,
    size,
    isUnnamed: true,
    read: async (offset, length) => {
      checkRange({ name: NAME, size }, offset, length);
      return file === undefined
        ? new Uint8Array(bytes.subarray(offset, offset + length))
        : readTemporary(file, offset, length);
    },
    close: async () => file?.close(),
  };
}

/** Opens standard input if the location is `-`, and otherwise calls `open`. */
export async function orStandardInput(
  location: string,
  open: (location: string) => Promise<FileSource>,
): Promise<FileSource> {
  return isStandardInput(location) ? openStandardInput() : open(location);
}
