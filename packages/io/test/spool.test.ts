import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { bytesSource, type ByteSource } from '../src/index.ts';
import { spooled } from '../src/node/index.ts';
import { readTemporary, writeTemporary } from '../src/node/spool.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-spool-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a copy answers up to its last byte, and nothing beyond what it keeps', async () => {
  const source = bytesSource(
    'x',
    Uint8Array.from({ length: 20 }, (_, i) => i),
  );
  let reads = 0;
  const copy = spooled({ ...source, read: (...range) => (reads++, source.read(...range)) }, folder);
  copy.keep(5, 10);
  const bytes = (from: number, to: number) =>
    Uint8Array.from({ length: to - from }, (_, i) => from + i);
  for (const [from, to, expected] of [
    [10, 15, 1],
    [5, 15, 1],
    [14, 15, 1],
    [5, 6, 1],
    [4, 15, 2],
    [5, 16, 3],
    [7, 7, 4],
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await copy.read(from, to - from)).toEqual(bytes(from, to));
    expect(reads).toBe(expected);
  }
  // A range within one that is kept needs no copy of its own, and one beyond it does.
  copy.keep(6, 9);
  copy.keep(5, 11);
  await copy.read(6, 9);
  expect(reads).toBe(4);
  await copy.read(5, 11);
  await copy.read(5, 11);
  expect(reads).toBe(5);
  await copy.close();
});

test('a temporary file is opened once, has no name, and gives back what was written', async () => {
  vi.stubEnv('TMPDIR', folder);
  try {
    const first = await writeTemporary('x', undefined, Uint8Array.of(1, 2, 3), 0);
    expect(await writeTemporary('x', first, Uint8Array.of(4, 5), 3)).toBe(first);
    expect(readdirSync(folder)).toEqual([]);
    expect(await readTemporary(first, 1, 4)).toEqual(Uint8Array.of(2, 3, 4, 5));
    await expect(readTemporary(first, 3, 3)).rejects.toThrow('the temporary file ends at byte 5');
    await first.close();
  } finally {
    vi.unstubAllEnvs();
  }
});

test('what the system leaves of a write is written next', async () => {
  const written: [number, number, number][] = [];
  const handle = {
    write: async (_: Uint8Array, done: number, length: number, place: number) => {
      written.push([done, length, place]);
      return { bytesWritten: Math.min(3, length) };
    },
    // The rest of a FileHandle is not used.
  } as unknown as FileHandle;
  expect(await writeTemporary('x', handle, new Uint8Array(8), 5)).toBe(handle);
  expect(written).toEqual([
    [0, 8, 5],
    [3, 5, 8],
    [6, 2, 11],
  ]);
});

test('a full disk is named, with the place to change', async () => {
  const handle = await open(join(folder, 'full'), 'w+');
  for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']) {
    const full = Object.assign(new Error(code), { code });
    const write = vi.spyOn(handle, 'write').mockRejectedValue(full);
    const writing = writeTemporary('x', handle, Uint8Array.of(1), 0);
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await expect(writing).rejects.toThrow(
      code === 'EIO'
        ? full
        : `x: no space in ${tmpdir()} for a copy; set TMPDIR to a folder with more space`,
    );
    write.mockRestore();
  }
  await handle.close();
});

test('a copy asks for chunks of 4 MiB, those that a range needs, and each once', async () => {
  const size = 2 ** 22;
  const asked: [number, number][] = [];
  const read: ByteSource['read'] = async (offset, length) => {
    asked.push([offset, length]);
    return new Uint8Array(length).fill(offset % 251);
  };
  const copy = spooled({ name: 'x', size: 3 * size, read }, folder);
  copy.keep(1, 2 * size);
  await copy.read(1, size);
  expect(asked).toEqual([[1, size]]);
  const two = await copy.read(size, 2);
  expect(asked).toEqual([
    [1, size],
    [1 + size, size],
  ]);
  expect([...two]).toEqual([1, (1 + size) % 251]);
  asked.length = 0;
  copy.keep(size, 2 * size);
  await copy.read(3 * size - 1, 1);
  expect(asked).toEqual([[2 * size, size]]);
  await copy.close();
});

test('the temporary file is read a gibibyte at a time, and never beyond its end', async () => {
  const asked: [number, number, number][] = [];
  const handle = (most: number) =>
    ({
      read: async (_: Uint8Array, done: number, part: number, place: number) => {
        asked.push([done, part, place]);
        return { bytesRead: Math.min(part, most - place) };
      },
      // The rest of a FileHandle is not used.
    }) as unknown as FileHandle;
  const most = 2 ** 30;
  await readTemporary(handle(Infinity), 5, most + 3);
  expect(asked.splice(0)).toEqual([
    [0, most, 5],
    [most, 3, 5 + most],
  ]);
  await expect(readTemporary(handle(9), 5, 8)).rejects.toThrow('the temporary file ends at byte 9');
  expect(asked).toEqual([
    [0, 8, 5],
    [4, 4, 9],
  ]);
});

test('a copy that does not fit says how large it is, and is not begun before it is read', async () => {
  const handle = await open(join(folder, 'proto'), 'w+');
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  const write = vi
    .spyOn(Object.getPrototypeOf(handle) as typeof handle, 'write')
    .mockRejectedValue(full);
  const copy = spooled(bytesSource('x', new Uint8Array(30)), folder);
  copy.keep(4, 20);
  expect(write).not.toHaveBeenCalled();
  await expect(copy.read(5, 1)).rejects.toThrow(
    `x: no space in ${folder} for a copy of 20 bytes; set TMPDIR to a folder with more space`,
  );
  write.mockRestore();
  await handle.close();
  expect(await copy.read(5, 1)).toEqual(Uint8Array.of(0));
  await copy.close();
  await expect(copy.read(5, 1)).rejects.toThrow();
});

test('closing waits for bytes that are still on their way, and for those that never come', async () => {
  for (const fails of [false, true]) {
    const source = bytesSource('x', new Uint8Array(9));
    let letGo = (): void => {};
    const arrived = new Promise<void>((resolve) => (letGo = resolve));
    const copy = spooled({
      ...source,
      read: async (...range) => {
        await arrived;
        if (fails) throw new Error('cut off');
        return source.read(...range);
      },
    });
    copy.keep(0, 9);
    const reading = copy.read(0, 1).catch((error: unknown) => String(error));
    let isClosed = false;
    const closing = copy.close().then(() => (isClosed = true));
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    letGo();
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await closing;
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    if (fails) expect(await reading).toBe('Error: cut off');
  }
});
