import { randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRange, type ByteSource } from '../bytes/byte-source.ts';
import { FormatError } from '../bytes/format-error.ts';

/** A source that copies ranges to disk as they are read; `close` it when done. */
export interface SpooledSource extends ByteSource {
  /** Copies bytes of this range from now on as they are read; each is read from the original once. */
  readonly keep: (offset: number, length: number) => void;
  /** Closes the copy and frees the disk. */
  readonly close: () => Promise<void>;
}

/** Bytes requested from the original at a time. */
const CHUNK = 1 << 22;

interface Region {
  readonly offset: number;
  readonly end: number;
  /** Per chunk: resolves when its bytes are on disk. */
  readonly chunks: Map<number, Promise<void>>;
}

/**
 * Makes a slow source, remote or compressed, fast from the second read on: the ranges to `keep` are copied chunk by
 * chunk into a temporary file (in TMPDIR). The file is unlinked as soon as it is open, so the system frees it whatever
 * ends the process.
 *
 * @param source the slow source.
 * @param folder the folder of the temporary file.
 * @returns a source with the same bytes; close it when done. Reads reject with FormatError if the disk is full, and as
 *   those of the original do.
 * @example
 * ```js
 * import { bytesSource } from 'polysem/io';
 * import { spooled } from 'polysem/io/node';
 * const copy = spooled(bytesSource('slow.bin', Uint8Array.of(1, 2, 3)));
 * copy.keep(0, 3);
 * (await copy.read(1, 1))[0]; // 2
 * await copy.close();
 * ```
 */
export function spooled(source: ByteSource, folder: string = tmpdir()): SpooledSource {
  const { name, size } = source;
  const regions: Region[] = [];
  let file: Promise<FileHandle> | undefined;

  const fetchChunk = async (region: Region, chunk: number): Promise<void> => {
    const from = region.offset + chunk * CHUNK;
    const bytes = await source.read(from, Math.min(CHUNK, region.end - from));
    file ??= unlinkedFile(folder);
    const needed = region.end - region.offset;
    await writeTo(await file, bytes, from, { name, folder, needed });
  };

  const ensure = (region: Region, chunk: number): Promise<void> => {
    const known = region.chunks.get(chunk);
    if (known !== undefined) return known;
    const fetched = fetchChunk(region, chunk);
    region.chunks.set(chunk, fetched);
    fetched.catch(() => region.chunks.delete(chunk));
    return fetched;
  };

  return {
    name,
    size,
    keep: (offset, length) => {
      checkRange(source, offset, length);
      const end = offset + length;
      if (regions.some((region) => region.offset <= offset && end <= region.end)) return;
      regions.push({ offset, end, chunks: new Map() });
    },
    read: async (offset, length) => {
      checkRange(source, offset, length);
      const end = offset + length;
      const region = regions.find((kept) => kept.offset <= offset && end <= kept.end);
      if (region === undefined || length === 0) return source.read(offset, length);
      const last = Math.floor((end - 1 - region.offset) / CHUNK);
      for (let chunk = Math.floor((offset - region.offset) / CHUNK); chunk <= last; chunk++) {
        // oxlint-disable-next-line no-await-in-loop -- in order, which is fastest for a stream; memory is bounded
        await ensure(region, chunk);
      }
      return readTemporary(await (file as Promise<FileHandle>), offset, length);
    },
    close: async () => {
      for (const { chunks } of regions) {
        // oxlint-disable-next-line no-await-in-loop -- wait for all of them
        await Promise.allSettled(chunks.values());
      }
      await (await file)?.close();
    },
  };
}

/** Writes to a temporary file. Rejects with FormatError if there is no space for it. */
async function writeTo(
  file: FileHandle,
  bytes: Uint8Array,
  place: number,
  {
    name,
    folder,
    needed,
  }: { readonly name: string; readonly folder: string; readonly needed: number | null },
): Promise<void> {
  try {
    await writeAll(file, bytes, place);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EFBIG') throw cause;
    const what = needed === null ? 'a copy' : `a copy of ${needed} bytes`;
    throw new FormatError(
      name,
      `no space in ${folder} for ${what}; set TMPDIR to a folder with more space`,
      { cause },
    );
  }
}

/** Writes bytes of a source to a temporary file in TMPDIR, which is opened (and unlinked) if there is none yet. */
export async function writeTemporary(
  name: string,
  file: FileHandle | undefined,
  bytes: Uint8Array,
  place: number,
): Promise<FileHandle> {
  const folder = tmpdir();
  const opened = file ?? (await unlinkedFile(folder));
  await writeTo(opened, bytes, place, { name, folder, needed: null });
  return opened;
}

async function unlinkedFile(folder: string): Promise<FileHandle> {
  const path = join(folder, `polysem-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  await rm(path, { force: true });
  return handle;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, place: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    // oxlint-disable-next-line no-await-in-loop -- the next write depends on how much this one wrote
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, place + done);
    done += bytesWritten;
  }
}

/** Reads a range of a temporary file. */
export async function readTemporary(
  handle: FileHandle,
  place: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    // The system reads at most 2 GiB at a time.
    const part = Math.min(length - done, 2 ** 30);
    // oxlint-disable-next-line no-await-in-loop -- the next read depends on how much this one returned
    const { bytesRead } = await handle.read(bytes, done, part, place + done);
    if (bytesRead === 0) throw new Error(`the temporary file ends at byte ${place + done}`);
    done += bytesRead;
  }
  return bytes;
}
