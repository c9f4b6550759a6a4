import { randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRange, type ByteSource } from '../bytes/byte-source.ts';
import { FormatError } from '../bytes/format-error.ts';

/** A source that keeps what was read of some of its ranges; `close` it when done. */
export interface SpooledSource extends ByteSource {
  /** From now on bytes of this range are kept as they are read, and are read from the original once. */
  readonly keep: (offset: number, length: number) => void;
  /** Ends reading and frees the disk. */
  readonly close: () => Promise<void>;
}

/** Bytes that are asked of the original at a time. */
const CHUNK = 1 << 22;

interface Region {
  readonly offset: number;
  readonly end: number;
  /** By chunk: when its bytes are on disk. */
  readonly chunks: Map<number, Promise<void>>;
}

/**
 * Makes a source that is slow to read, on the web or compressed, fast from the second time on: what is read of the ranges
 * to `keep` is copied into a file in the system's folder for temporary files (TMPDIR), chunk by chunk. The file loses its
 * name as soon as it is open, so that the system frees it whatever ends the process.
 *
 * Reads reject with FormatError if the disk is full, and as those of the source do.
 */
export function spooled(source: ByteSource, folder: string = tmpdir()): SpooledSource {
  const { name, size } = source;
  const regions: Region[] = [];
  let file: Promise<FileHandle> | undefined;

  const fetchChunk = async (region: Region, chunk: number): Promise<void> => {
    const from = region.offset + chunk * CHUNK;
    const bytes = await source.read(from, Math.min(CHUNK, region.end - from));
    file ??= nameless(folder);
    try {
      await writeAll(await file, bytes, from);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EFBIG') throw cause;
      throw new FormatError(
        name,
        `no room in ${folder} for a copy of ${region.end - region.offset} bytes; set TMPDIR to a folder with more`,
        { cause },
      );
    }
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
        // oxlint-disable-next-line no-await-in-loop -- in order, as a stream likes it; memory is bounded
        await ensure(region, chunk);
      }
      return readAll(await (file as Promise<FileHandle>), offset, length);
    },
    close: async () => {
      for (const { chunks } of regions) {
        // oxlint-disable-next-line no-await-in-loop -- all must have ended, in whatever order
        await Promise.allSettled(chunks.values());
      }
      await (await file)?.close();
    },
  };
}

async function nameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `polysem-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  await rm(path, { force: true });
  return handle;
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, place: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    // oxlint-disable-next-line no-await-in-loop -- where to go on depends on how much went
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, place + done);
    done += bytesWritten;
  }
}

async function readAll(handle: FileHandle, place: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    // The system reads at most 2 GiB at a time.
    const part = Math.min(length - done, 2 ** 30);
    // oxlint-disable-next-line no-await-in-loop -- where to go on depends on how much came
    const { bytesRead } = await handle.read(bytes, done, part, place + done);
    if (bytesRead === 0) throw new Error(`the temporary file ends at byte ${place + done}`);
    done += bytesRead;
  }
  return bytes;
}
