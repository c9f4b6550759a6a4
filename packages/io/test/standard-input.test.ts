import { open, type FileHandle } from 'node:fs/promises';
import process from 'node:process';
import { Readable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { encodeNpy } from '../src/index.ts';
import { openWeights } from '../src/node/open-weights.ts';
import { inputSource, openStandardInput } from '../src/node/standard-input.ts';

const own = Object.getOwnPropertyDescriptor(process, 'stdin');
afterEach(() => {
  if (own !== undefined) Object.defineProperty(process, 'stdin', own);
  vi.unstubAllEnvs();
});
const setInput = (value: object): void => {
  Object.defineProperty(process, 'stdin', { ...own, get: () => value });
};

// One test, because standard input can be read only once.
test('standard input holds weights, beside which there is nothing, is read once, and is no terminal', async () => {
  setInput({ isTTY: true });
  await expect(openStandardInput()).rejects.toThrow('standard input: is a terminal; pipe a file');
  setInput(Readable.from([encodeNpy({ shape: [1, 2], data: Float64Array.of(1, 2) })]));
  const { file, folder, parent, name, close } = await openWeights('-');
  expect((await file.read(file.entries[0].name)).data).toEqual(Float64Array.of(1, 2));
  expect([name, folder.name, parent, await folder.open('config.json')]).toEqual([
    'standard input',
    'standard input',
    undefined,
    undefined,
  ]);
  await close();
  await expect(openStandardInput()).rejects.toThrow(
    'standard input: is given as two inputs; give one of them as a file',
  );
});

test('a stream is read at any offset', async () => {
  const source = await inputSource(
    Readable.from([Buffer.from('ab'), Buffer.from('cde'), Buffer.from('f')]),
  );
  expect(source).toMatchObject({ name: 'standard input', size: 6, isUnnamed: true });
  expect(await source.read(0, 6)).toEqual(new TextEncoder().encode('abcdef'));
  expect(await source.read(1, 3)).toEqual(new TextEncoder().encode('bcd'));
  expect(await source.read(6, 0)).toEqual(new Uint8Array(0));
  await expect(source.read(4, 3)).rejects.toThrow(
    'standard input: 3 bytes at offset 4 exceed its 6 bytes; the file is truncated or damaged',
  );
  await source.close();
});

test('64 MiB stay in memory, and more goes to a temporary file', async () => {
  const whole = Buffer.alloc(1 << 26);
  whole[whole.length - 1] = 7;
  vi.stubEnv('TMPDIR', '/missing');
  const inMemory = await inputSource(Readable.from([whole]));
  expect(await inMemory.read(whole.length - 1, 1)).toEqual(Uint8Array.of(7));
  await expect(inputSource(Readable.from([whole, Buffer.from('a')]))).rejects.toThrow('ENOENT');
  vi.unstubAllEnvs();
  const source = await inputSource(
    Readable.from([Buffer.from('xy'), whole, Buffer.from('ab'), Buffer.from('c')]),
  );
  expect(source.size).toBe(whole.length + 5);
  expect(await source.read(0, 3)).toEqual(Uint8Array.of(120, 121, 0));
  expect(await source.read(whole.length + 1, 4)).toEqual(Uint8Array.of(7, 97, 98, 99));
  await source.close();
  await expect(source.read(0, 1)).rejects.toThrow();
});

test('the temporary file is closed where the stream fails', async () => {
  const handle = await open('/dev/null', 'w');
  const handles = new Set<FileHandle>();
  const writing = vi
    .spyOn(Object.getPrototypeOf(handle) as FileHandle, 'write')
    .mockImplementation(async function (this: FileHandle, ...given: unknown[]) {
      handles.add(this);
      return { bytesWritten: given[2] };
    } as FileHandle['write']);
  await handle.close();
  async function* input() {
    yield new Uint8Array(2 ** 26 + 1);
    throw new Error('no more');
  }
  await expect(inputSource(input())).rejects.toThrow('no more');
  writing.mockRestore();
  expect([...handles].map(({ fd }) => fd)).toEqual([-1]);
});

test('a folder as standard input is named, and other failures stay as they are', async () => {
  for (const [code, message] of [
    ['EISDIR', 'standard input: is a folder, not a file'],
    ['EIO', 'no more'],
  ]) {
    const failure = Object.assign(new Error('no more'), { code });
    const input = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) };
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await expect(inputSource(input)).rejects.toThrow(message);
  }
});
