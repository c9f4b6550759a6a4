// The fixtures were written by test/fixtures/gguf.py with gguf 0.19.0; the expected values are literals here.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, openTensors, readTensor } from '../src/index.ts';
import { readsOrRefusesDamaged } from './damaged-bytes.ts';
import { concat, fixture, fixtureBytes, largestAllocation, problemOf, readAll } from './helpers.ts';

const M = [0.5, -1.25, 3, Math.PI, -0, 1e-3];
const M_F16 = [0.5, -1.25, 3, 3.140625, -0, 1049 / 2 ** 20];
const M_BF16 = [0.5, -1.25, 3, 3.140625, -0, 131 / 2 ** 17];
const QUANTISED = ['Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0'];
const SUPERBLOCKS = ['Q4_K', 'Q5_K', 'Q6_K'];
const LOW_BITS =
  'Q2_K Q3_K Q8_K IQ4_NL IQ4_XS MXFP4 NVFP4 TQ1_0 TQ2_0 IQ2_XXS IQ2_XS IQ2_S IQ3_XXS IQ3_S IQ1_S IQ1_M'.split(
    ' ',
  );
const f32 = (values: number[]) => new Float32Array(values);
const f64 = (values: number[]) => new Float64Array(values);

describe.each(['little-endian.gguf', 'big-endian.gguf'])('%s', (name) => {
  test.each([
    ['f32', 'F32', [2, 3], f32(M)],
    ['f16', 'F16', [2, 3], f32(M_F16)],
    ['f64', 'F64', [2, 3], f64(M)],
    ['int8', 'I8', [3], f32([-2, 0, 100])],
    ['int16', 'I16', [3], f32([-2, 0, 100])],
    ['int32', 'I32', [3], f64([-2, 0, 100])],
    ['int64', 'I64', [3], f64([-2, 0, 100])],
  ])('%s', async (tensor, dtype, shape, data) => {
    expect(await readTensor(fixture(name), tensor)).toEqual({ name: tensor, dtype, shape, data });
  });

  test('reads single values of the metadata', async () => {
    expect((await openTensors(fixture(name))).metadata).toMatchObject({
      'general.architecture': 'polysem',
      'general.name': 'three by sixty-four',
      answer: '42',
      far: '-1099511627776',
      half: '0.5',
      yes: 'true',
    });
  });
});

describe('little-endian.gguf', () => {
  test('is read alike as version 2, which has the same layout', async () => {
    const bytes = fixtureBytes('little-endian.gguf');
    bytes[4] = 2;
    const found = await readTensor(bytesSource('x', bytes), 'f32');
    expect(found).toEqual(await readTensor(fixture('little-endian.gguf'), 'f32'));
  });

  test('bfloat16', async () => {
    const bf16 = await readTensor(fixture('little-endian.gguf'), 'bf16');
    expect(bf16).toEqual({ name: 'bf16', dtype: 'BF16', shape: [2, 3], data: f32(M_BF16) });
  });

  test.each([...QUANTISED, ...SUPERBLOCKS])(
    '%s equals the output of the gguf package, bit by bit',
    async (type) => {
      const expected = await readTensor(fixture('gguf-dequantised.npz'), type);
      expect(expected.shape).toEqual(SUPERBLOCKS.includes(type) ? [1, 512] : [3, 64]);
      const found = await readTensor(fixture('little-endian.gguf'), type);
      expect(found).toEqual({ ...expected, dtype: type });
    },
  );

  test('reads quantised tensors in any ranges', async () => {
    const file = await openTensors(fixture('little-endian.gguf'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...QUANTISED),
        fc.nat(192),
        fc.nat(192),
        async (type, a, b) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b)];
          const whole = (await file.read(type)).data;
          const { read } = await file.open(type);
          expect(await read(from, to - from)).toEqual(whole.slice(from, to));
        },
      ),
    );
    const { read } = await file.open('Q4_0');
    await expect(read(190, 3)).rejects.toThrow('Q4_0: elements 190 to 193 exceed its 192');
  });

  test('reads only the blocks of the requested range', async () => {
    const source = fixture('little-endian.gguf');
    const reads: [number, number][] = [];
    const file = await openTensors({
      ...source,
      read: (offset, length) => {
        reads.push([offset, length]);
        return source.read(offset, length);
      },
    });
    const { entry, read } = await file.open('Q8_0');
    reads.length = 0;
    await read(40, 30);
    expect(reads).toEqual([[entry.byteOffset + 34, 68]]);
  });
});

describe('low-bits.gguf', () => {
  test.each(LOW_BITS)('%s equals the output of the gguf package, bit by bit', async (type) => {
    const expected = await readTensor(fixture('low-bits-dequantised.npz'), type);
    const found = await readTensor(fixture('low-bits.gguf'), type);
    expect(found).toEqual({ ...expected, dtype: type });
    const { read } = await (await openTensors(fixture('low-bits.gguf'))).open(type);
    expect(await read(17, 40)).toEqual(expected.data.slice(17, 57));
  });

  test('scales of MXFP4 are powers of two, also subnormal ones', async () => {
    const blocks = [0, 1, 2, 127, 254].map((scale) =>
      concat(Uint8Array.of(scale, 0x21), new Uint8Array(15)),
    );
    const bytes = padded(header(1, 0, info('w', [32 * blocks.length], 39, 0)), 64);
    const { data } = await readTensor(bytesSource('x', concat(bytes, ...blocks)));
    const firsts = blocks.flatMap((_, i) => [data[32 * i], data[32 * i + 16]]);
    // Codes 1 and 2 of the table are 1/2 and 1.
    expect(firsts).toEqual([0, 1, 2, 127, 254].flatMap((e) => [2 ** (e - 128), 2 ** (e - 127)]));
  });
});

/* Headers written by hand. */

const u32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
const u64 = (value: number | bigint) => new Uint8Array(new BigUint64Array([BigInt(value)]).buffer);
const text = (value: string) => concat(u64(value.length), value);
const header = (tensors: number | bigint, values: number | bigint, ...rest: Uint8Array[]) =>
  concat('GGUF', u32(3), u64(tensors), u64(values), ...rest);
const info = (name: string, dims: (number | bigint)[], type: number, offset: number | bigint) =>
  concat(text(name), u32(dims.length), ...dims.map(u64), u32(type), u64(offset));
const padded = (bytes: Uint8Array, length = 1000) =>
  concat(bytes, new Uint8Array(length - bytes.length));

describe('hostile GGUF files', () => {
  test.each<[string, Uint8Array, string]>([
    ['the magic alone', concat('GGUF'), 'has 4 bytes; the file is truncated'],
    [
      'version 1',
      padded(concat('GGUF', u32(1))),
      'is GGUF version 1, not 2 or 3; convert it with a current llama.cpp',
    ],
    [
      'version 4',
      padded(concat('GGUF', u32(4))),
      'is GGUF version 4, not 2 or 3; convert it with a current llama.cpp',
    ],
    [
      'nine million empty tensors',
      padded(header(9e6, 0)),
      'two tensors are called ""; it is damaged',
    ],
    [
      '2^64 tensors',
      padded(header(2n ** 64n - 1n, 0)),
      'a 64-bit field of its header exceeds 2^53; the file is damaged',
    ],
    [
      'an array of a million strings',
      padded(header(0, 1, text('a'), u32(9), u32(8), u64(1e6))),
      'its header exceeds its 1000 bytes; the file is truncated or damaged',
    ],
    [
      'an array of 2^50 numbers',
      padded(header(0, 1, text('a'), u32(9), u32(12), u64(2 ** 50))),
      'its header exceeds its 1000 bytes; the file is truncated or damaged',
    ],
    [
      'a string of 2^52 bytes',
      padded(header(0, 1, text('a'), u32(8), u64(2 ** 52))),
      'its header exceeds its 1000 bytes; the file is truncated or damaged',
    ],
    [
      'arrays in arrays',
      padded(
        header(
          0,
          1,
          text('a'),
          u32(9),
          ...Array.from({ length: 40 }, () => concat(u32(9), u64(1))),
        ),
      ),
      'metadata "a": arrays nested too deep; it is damaged',
    ],
    [
      'a value without a type',
      padded(header(0, 1, text('a'), u32(13))),
      'metadata "a": type 13 is unknown; the file is damaged, or newer than this version of polysem',
    ],
    [
      'a key of a gigabyte',
      padded(header(0, 1, u64(1e9))),
      'a key of the metadata has 1000000000 bytes; the file is damaged',
    ],
    [
      'an alignment of 0',
      padded(header(0, 1, text('general.alignment'), u32(4), u32(0))),
      'general.alignment is "0", not a power of 2',
    ],
    [
      'four billion axes',
      padded(header(1, 0, text('w'), u32(0xffffffff))),
      'tensor "w": has 4294967295 axes; it is damaged',
    ],
    [
      'a shape that overflows',
      padded(header(1, 0, info('w', [2 ** 40, 2 ** 40], 0, 0))),
      'tensor "w": shape [1099511627776, 1099511627776] is larger than any file',
    ],
    [
      'data beyond the file',
      padded(header(1, 0, info('w', [3], 0, 2 ** 45))),
      'tensor "w": its 12 bytes from byte 35184372088896 exceed the file\'s 1000; the file is truncated or damaged',
    ],
    [
      'rows that are not whole blocks',
      padded(header(1, 0, info('w', [33, 2], 8, 0))),
      'tensor "w": shape [2, 33]: rows of Q8_0 must be multiples of 32; the file is damaged',
    ],
    [
      'a type that is only listed',
      padded(header(1, 0, info('w', [32, 2], 9, 0))),
      'tensor "w": Q8_1 is not dequantised; convert the file with llama-quantize --allow-requantize to Q8_0 or F16',
    ],
    [
      'an unknown type, however large',
      padded(header(1, 0, info('w', [2 ** 40], 99, 0))),
      'tensor "w": type 99 is not dequantised; convert the file with llama-quantize --allow-requantize to Q8_0 or F16',
    ],
  ])('%s', async (_, bytes, message) => {
    const problems: string[] = [];
    const largest = await largestAllocation(async () => problems.push(await problemOf(bytes)));
    expect(problems).toEqual([`x: ${message}`]);
    expect(largest).toBeLessThan(1e5);
  });

  test.each([true, false])(
    'reads values of every type where little-endian is %s',
    async (little) => {
      const numbers: [number, keyof DataView & `set${string}`, number, number | bigint][] = [
        [0, 'setUint8', 1, 200],
        [1, 'setInt8', 1, -100],
        [2, 'setUint16', 2, 50_000],
        [3, 'setInt16', 2, -30_000],
        [4, 'setUint32', 4, 4e9],
        [5, 'setInt32', 4, -2e9],
        [6, 'setFloat32', 4, 0.15625],
        [7, 'setUint8', 1, 1],
        [10, 'setBigUint64', 8, 2n ** 63n],
        [11, 'setBigInt64', 8, -(2n ** 62n)],
        [12, 'setFloat64', 8, Math.PI],
      ];
      const value = (set: (typeof numbers)[number][1], size: number, number: number | bigint) => {
        const view = new DataView(new ArrayBuffer(size));
        (view[set] as (at: number, value: number | bigint, little: boolean) => void)(
          0,
          number,
          little,
        );
        return new Uint8Array(view.buffer);
      };
      const int = (number: number) => value('setUint32', 4, number);
      const long = (number: number) => value('setBigUint64', 8, BigInt(number));
      const word = (letters: string) => concat(long(letters.length), letters);
      // Arrays are left out: of arrays of numbers of two bytes, and of strings.
      const nested = concat(
        int(9),
        long(2),
        ...[3, 0].flatMap((n) => [int(2), long(n), new Uint8Array(2 * n)]),
      );
      const strings = concat(int(8), long(2), word('ab'), word(''));
      const pairs = [
        ...numbers.map(([type, set, size, number]) =>
          concat(word(`of type ${type}`), int(type), value(set, size, number)),
        ),
        concat(word('nested'), int(9), nested),
        concat(word('strings'), int(9), strings),
        concat(word('last'), int(8), word('of all')),
      ];
      const bytes = padded(concat('GGUF', int(3), long(0), long(pairs.length), ...pairs), 2000);
      const { metadata } = await openTensors(bytesSource('x', bytes));
      expect(metadata).toMatchObject({
        ...Object.fromEntries(
          numbers.map(([type, , , number]) => [
            `of type ${type}`,
            type === 7 ? 'true' : String(number),
          ]),
        ),
        last: 'of all',
      });
      expect(metadata).not.toHaveProperty('nested');
      expect(metadata).not.toHaveProperty('strings');
    },
  );

  test('accepts tensor names that are properties of Object.prototype', async () => {
    const bytes = padded(
      header(1, 1, text('__proto__'), u32(8), text('a'), info('__proto__', [], 0, 0)),
    );
    const file = await openTensors(bytesSource('x', bytes));
    expect(Object.keys(file.metadata)).toEqual(['__proto__']);
    expect((await file.read('__proto__')).data).toEqual(f32([0]));
  });

  test('reads a vocabulary longer than the read window', async () => {
    const tokens = Array.from({ length: 30000 }, (_, i) => text(`token ${i}`));
    const array = concat(text('tokens'), u32(9), u32(8), u64(tokens.length), ...tokens);
    const bytes = concat(
      header(1, 2, array, text('b'), u32(8), text('c'), info('w', [1], 0, 0)),
      new Uint8Array(64),
    );
    const file = await openTensors(bytesSource('x', bytes));
    expect(file.metadata).toEqual({ b: 'c' });
    expect((await file.read('w')).shape).toEqual([1]);
  });

  test.each([
    ['little-endian.gguf', 1],
    ['low-bits.gguf', 11],
  ])('%s cut at every byte, and with a bit of every byte flipped', async (name, step) => {
    await readsOrRefusesDamaged(fixtureBytes(name), readAll, { step });
  });
});

/** Decodes a scale and codes of 1 or 2 bits from a string of bits, the lowest bit of each byte first. */
function decodedBits(block: Uint8Array, bits: number): number[] {
  const [low, high] = block;
  const exponent = (high >> 2) & 31;
  const fraction = ((high & 3) << 8) | low;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  const scale = high & 128 ? -size : size;
  const string = [...block.subarray(2)]
    .map((byte) => [...byte.toString(2).padStart(8, '0')].toReversed().join(''))
    .join('');
  const codes = string.match(new RegExp(`.{${bits}}`, 'g')) ?? [];
  return codes.map((code) => {
    const value = parseInt([...code].toReversed().join(''), 2);
    return scale * (bits === 1 ? 2 * value - 1 : value - 1);
  });
}

const aligned = (bytes: Uint8Array): Uint8Array => padded(bytes, Math.ceil(bytes.length / 32) * 32);

describe('types with one and two bits', () => {
  const bytes = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, (_, i) => (i * 73 + 41) & 255);
  /** Blocks of pseudo-random codes with scales 1.5, -0.375 and the smallest half. */
  const blocks = (size: number, count: number): Uint8Array[] =>
    Array.from({ length: count }, (_, i) =>
      concat(
        Uint8Array.of(
          ...[
            [0, 0x3e],
            [0, 0xb6],
            [1, 0],
          ][i % 3],
        ),
        bytes(size + i).subarray(i + 2),
      ),
    );

  test.each([
    ['Q1_0', 41, 128, 18, 1],
    ['Q2_0', 42, 64, 18, 2],
    ['PQ2_0', 42, 128, 34, 2],
  ])(
    '%s agrees with a decoding from the string of bits',
    async (type, number, elements, size, bits) => {
      const data = blocks(size, 6);
      const expected = data.flatMap((block) => decodedBits(block, bits));
      const file = aligned(header(1, 0, info('w', [2 * elements, 3], number, 0)));
      const source = bytesSource('x', concat(file, ...data));
      const { dtype, shape, data: found } = await readTensor(source, 'w');
      expect([dtype, shape]).toEqual([type, [3, 2 * elements]]);
      expect([...found]).toEqual(expected);
    },
  );

  test('type 42 has groups of 64 wherever they fit before the next tensor', async () => {
    const head = aligned(header(2, 0, info('a', [128, 1], 42, 0), info('b', [128, 1], 42, 64)));
    const narrow = await openTensors(bytesSource('x', concat(head, new Uint8Array(100))));
    expect(narrow.entries.map(({ dtype }) => dtype)).toEqual(['Q2_0', 'Q2_0']);
    const wide = await openTensors(bytesSource('x', concat(head, new Uint8Array(98))));
    expect(wide.entries.map(({ dtype }) => dtype)).toEqual(['PQ2_0', 'PQ2_0']);
  });
});
