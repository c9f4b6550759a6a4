import { expect, test } from 'vitest';
import { readAhead, WINDOW } from '../src/bytes/read-ahead.ts';

const SIZE = 500_000;
const BYTES = Uint8Array.from({ length: SIZE }, (_, i) => (i + (i >> 8)) & 255);

test('a long read joins the windows that are there and the rest', async () => {
  const asked: [number, number][] = [];
  const read = readAhead(SIZE, async (offset, length) => {
    asked.push([offset, length]);
    return BYTES.slice(offset, offset + length);
  });
  await read(0, 10);
  await read(WINDOW, 10);
  const end = 400_000;
  expect(Buffer.compare(await read(5, end - 5), BYTES.subarray(5, end))).toBe(0);
  // The second window continues the first, so it is twice as long.
  expect(asked).toEqual([
    [0, WINDOW],
    [WINDOW, 2 * WINDOW],
    [3 * WINDOW, end - 3 * WINDOW],
  ]);
});

test('a window that could not be fetched is fetched again by the next read', async () => {
  let failures = 1;
  const read = readAhead(SIZE, async (offset, length) => {
    if (failures-- > 0) throw new Error('no answer');
    return BYTES.slice(offset, offset + length);
  });
  await expect(read(3, 4)).rejects.toThrow('no answer');
  expect(await read(3, 4)).toEqual(BYTES.slice(3, 7));
});
