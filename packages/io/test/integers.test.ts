import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { bytesSource } from '../src/index.ts';
import { decodeNumbers } from '../src/numbers/convert.ts';
import { nibbleNumbers } from '../src/tensors/nibble-numbers.ts';

describe('integers of four bits', () => {
  const reader = (bytes: Uint8Array, elements: number, isSigned: boolean) => {
    const entry = { name: 'w', dtype: 'I4', shape: [elements], readable: true };
    const places = { byteOffset: 0, byteLength: 0 };
    return nibbleNumbers(bytesSource('x', bytes), { ...entry, ...places }, 1, isSigned);
  };

  it('are the lower and then the upper half of each byte, in any range', async () => {
    const given = fc.record({
      values: fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 20 }),
      from: fc.nat(),
      to: fc.nat(),
      isSigned: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ values, from, to, isSigned }) => {
        const bytes = new Uint8Array(1 + Math.ceil(values.length / 2));
        values.forEach((value, i) => {
          bytes[1 + (i >> 1)] |= i % 2 === 0 ? value : 16 * value;
        });
        const [first, end] = [from, to]
          .map((at) => at % (values.length + 1))
          .toSorted((a, b) => a - b);
        const { read } = reader(bytes, values.length, isSigned);
        const expected = values.map((value) => (isSigned && value > 7 ? value - 16 : value));
        expect([...(await read(first, end - first))]).toEqual(expected.slice(first, end));
      }),
    );
  });

  it('are read without the bytes before and behind a range', async () => {
    const asked: number[][] = [];
    const source = {
      name: 'x',
      size: 9,
      read: async (offset: number, length: number) => {
        asked.push([offset, length]);
        return new Uint8Array(length);
      },
    };
    const entry = { name: 'w', dtype: 'I4', shape: [16], readable: true };
    const { read } = nibbleNumbers(source, { ...entry, byteOffset: 1, byteLength: 8 }, 1, false);
    for (const [first, count] of [
      [0, 16],
      [5, 1],
      [6, 3],
    ])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await read(first, count);
    expect(asked).toEqual([
      [1, 8],
      [3, 1],
      [4, 2],
    ]);
  });

  it('are not read behind the last one, though the file goes on', async () => {
    const { read } = reader(new Uint8Array(9), 3, false);
    await expect(read(2, 2)).rejects.toThrow('w: elements 2 to 4 exceed its 3');
    expect(await read(2, 1)).toEqual(new Float32Array(1));
  });
});

test('integers of 64 bits are the nearest doubles, with a sign or without', () => {
  const words = [0n, 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
  const bytes = new Uint8Array(BigUint64Array.from(words).buffer);
  expect(decodeNumbers('U64', bytes.slice(), true)).toEqual(Float64Array.from(words, Number));
  expect(decodeNumbers('I64', bytes.slice(), true)).toEqual(
    Float64Array.from(words, (word) => Number(BigInt.asIntN(64, word))),
  );
});
