import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesSource,
  encodeNpy,
  encodeSafetensors,
  openTensors,
  readTensor,
  type NumericArray,
} from '../src/index.ts';
import { fixtureBytes, rawZip } from './helpers.ts';

const array: fc.Arbitrary<NumericArray> = fc
  .tuple(fc.array(fc.nat(4), { maxLength: 4 }), fc.boolean())
  .chain(([shape, double]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const size = { minLength: length, maxLength: length };
    const data = double ? fc.float64Array(size) : fc.float32Array(size);
    return data.map((numbers) => ({ shape, data: numbers }));
  });

/** The numbers of a tensor as bits, so that -0 and NaN payloads count. */
function bits({ data }: NumericArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

async function expectSame(read: Promise<NumericArray>, written: NumericArray): Promise<void> {
  const { shape, data } = await read;
  expect(shape).toEqual(written.shape);
  expect(data.constructor).toBe(written.data.constructor);
  expect(bits({ shape, data })).toEqual(bits(written));
}

describe('files that are written and read back are equal to the bit', () => {
  test('npy', async () => {
    await fc.assert(
      fc.asyncProperty(array, async (written) => {
        await expectSame(readTensor(bytesSource('a/W.npy', encodeNpy(written)), 'W'), written);
      }),
    );
  });

  test('npz, stored and deflated', async () => {
    await fc.assert(
      fc.asyncProperty(array, fc.boolean(), async (written, deflate) => {
        const zip = rawZip({ name: 'W.npy', content: encodeNpy(written), deflate });
        await expectSame(readTensor(bytesSource('x', zip), 'W'), written);
      }),
    );
  });

  test('safetensors, with the same bytes for any order of tensors', async () => {
    const name = fc.string({ unit: 'binary' }).filter((text) => text !== '__metadata__');
    const tensors = fc.uniqueArray(fc.tuple(name, array), { maxLength: 5, selector: ([n]) => n });
    const metadata = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(tensors, metadata, async (named, strings) => {
        const written = named.map(([n, numbers]) => ({ name: n, ...numbers }));
        const bytes = encodeSafetensors(written, strings);
        expect(encodeSafetensors(written.toReversed(), strings)).toEqual(bytes);
        const file = await openTensors(bytesSource('x', bytes));
        expect(file.metadata).toEqual(strings);
        expect(file.entries).toHaveLength(written.length);
        await Promise.all(written.map((tensor) => expectSame(file.read(tensor.name), tensor)));
      }),
    );
  });
});

describe('encodeNpy', () => {
  test.each(['f8.npy', 'f4.npy', 'scalar.npy', 'empty.npy'])(
    'writes the same bytes as numpy: %s',
    async (name) => {
      const bytes = fixtureBytes(name);
      expect(encodeNpy(await readTensor(bytesSource(name, bytes)))).toEqual(bytes);
    },
  );

  test('rejects data that do not fit the shape', () => {
    expect(() => encodeNpy({ shape: [2, 2], data: new Float64Array(3) })).toThrow(
      new RangeError('encodeNpy: 3 numbers do not fit the shape [2, 2]'),
    );
  });
});

describe('encodeSafetensors', () => {
  const a = { name: 'a', shape: [1], data: Float32Array.of(1) };

  test('aligns every tensor to its item size', async () => {
    const b = { name: 'b', shape: [1], data: Float64Array.of(2) };
    const file = await openTensors(bytesSource('x', encodeSafetensors([a, b])));
    expect(file.entries.map(({ name, byteOffset }) => [name, byteOffset % 8])).toEqual([
      ['b', 0],
      ['a', 0],
    ]);
  });

  test('gives the same bytes for metadata in any order', () => {
    const [one, other] = [
      { x: '1', y: '2', a: '3' },
      { a: '3', y: '2', x: '1' },
    ];
    const bytes = encodeSafetensors([a], one);
    expect(bytes).toEqual(encodeSafetensors([a], other));
    expect(new TextDecoder().decode(bytes)).toContain('"__metadata__":{"a":"3","x":"1","y":"2"}');
  });

  test('rejects duplicate, reserved and malformed names, and data that do not fit', () => {
    const refused = 'is taken, reserved or not Unicode';
    expect(() => encodeSafetensors([a, a])).toThrow(`"a" ${refused}`);
    expect(() => encodeSafetensors([{ ...a, name: '__metadata__' }])).toThrow(refused);
    expect(() => encodeSafetensors([{ ...a, name: '\ud800' }])).toThrow(refused);
    expect(() => encodeSafetensors([{ ...a, shape: [2] }])).toThrow(
      'encodeSafetensors: "a": 1 numbers do not fit the shape [2]',
    );
  });
});

test('accepts sources that return views at any alignment', async () => {
  const source = bytesSource('f8.npy', fixtureBytes('f8.npy'));
  const unaligned = async (offset: number, length: number) => {
    const wide = new Uint8Array(length + 1);
    wide.set(await source.read(offset, length), 1);
    return wide.subarray(1);
  };
  expect(await readTensor({ ...source, read: unaligned })).toEqual(await readTensor(source));
});

test('does not modify the bytes it reads, also in a Node Buffer', async () => {
  const buffer = Buffer.from(fixtureBytes('f8-big-endian.npy'));
  const before = new Uint8Array(buffer);
  const { data } = await readTensor(bytesSource('x', buffer));
  data.fill(0);
  expect(new Uint8Array(buffer)).toEqual(before);
});

test('the data of an npy file begin at a multiple of 64, whatever the length of its header', async () => {
  for (const digits of [1, 10, 100])
    for (let ones = 0; ones < 30; ones++) {
      const shape = [0, digits, ...Array.from({ length: ones }, () => 1)];
      const bytes = encodeNpy({ shape, data: new Float64Array(0) });
      expect(bytes.length % 64).toBe(0);
      // As few spaces as that takes, before the end of the line.
      const header = new TextDecoder().decode(bytes.subarray(10));
      expect(header).toMatch(/} {0,63}\n$/);
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      expect((await readTensor(bytesSource('x.npy', bytes))).shape).toEqual(shape);
    }
});
