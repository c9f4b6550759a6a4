import process from 'node:process';
import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { openStandardInput } from '../src/node/standard-input.ts';

const own = Object.getOwnPropertyDescriptor(process, 'stdin');
afterEach(() => {
  if (own !== undefined) Object.defineProperty(process, 'stdin', own);
});
const setInput = (value: object): void => {
  Object.defineProperty(process, 'stdin', { ...own, get: () => value });
};

// One test, because standard input can be read only once.
test('standard input is read once, at any offset, and not from a terminal', async () => {
  setInput({ isTTY: true });
  await expect(openStandardInput()).rejects.toThrow('standard input: is a terminal; pipe a file');
  setInput(Readable.from([Buffer.from('ab'), Buffer.from('cde'), Buffer.from('f')]));
  const source = await openStandardInput();
  expect(source).toMatchObject({ name: 'standard input', size: 6, isUnnamed: true });
  expect(await source.read(0, 6)).toEqual(new TextEncoder().encode('abcdef'));
  expect(await source.read(1, 3)).toEqual(new TextEncoder().encode('bcd'));
  expect(await source.read(6, 0)).toEqual(new Uint8Array(0));
  await expect(source.read(4, 3)).rejects.toThrow(
    'standard input: 3 bytes at offset 4 exceed its 6 bytes; the file is truncated or damaged',
  );
  await source.close();
  await expect(openStandardInput()).rejects.toThrow(
    'standard input: is given as two inputs; give one of them as a file',
  );
});
