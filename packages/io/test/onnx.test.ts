// The fixtures were written by test/fixtures/onnx.py with onnx 1.23.2; the expected values are literals here.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytesSource,
  FormatError,
  openTensors,
  readTensor,
  type ByteSource,
} from '../src/index.ts';
import { protobufNumbers } from '../src/formats/onnx/numbers.ts';
import type { NumericDType } from '../src/numbers/dtype.ts';
import { concat, fixture, fixtureBytes, largestAllocation, problemOf, readAll } from './helpers.ts';

const M = [0.5, -1.25, 3, Math.PI, -0, 1e-3];
const SHORT = [0.5, -1.25, 3, 1e-3];
const f32 = (values: number[]) => new Float32Array(values);
const f64 = (values: number[]) => new Float64Array(values);

describe('plain.onnx', () => {
  test.each([
    ['f32', 'F32', [2, 3], f32(M)],
    ['f64', 'F64', [2, 3], f64(M)],
    ['f16', 'F16', [2, 3], f32([0.5, -1.25, 3, 3.140625, -0, 1049 / 2 ** 20])],
    ['bf16', 'BF16', [2, 3], f32([0.5, -1.25, 3, 3.140625, -0, 131 / 2 ** 17])],
    ['f8', 'F8_E4M3', [2, 3], f32([0.5, -1.25, 3, 3.25, -0, 2 ** -9])],
    ['int8', 'I8', [3], f32([0, 1, 100])],
    ['uint8', 'U8', [3], f32([0, 1, 100])],
    ['int16', 'I16', [3], f32([0, 1, 100])],
    ['uint16', 'U16', [3], f32([0, 1, 100])],
    ['int32', 'I32', [3], f64([0, 1, 100])],
    ['uint32', 'U32', [3], f64([0, 1, 100])],
    ['int64', 'I64', [3], f64([0, 1, 100])],
    ['int4', 'I4', [3], f32([1, -2, 3])],
    ['scalar', 'F32', [], f32([2.5])],
    ['empty', 'F32', [0, 3], f32([])],
    ['typed float32', 'F32', [2, 2], f32(SHORT)],
    ['typed float64', 'F64', [2, 2], f64(SHORT)],
    ['typed float16', 'F16', [2, 2], f32([0.5, -1.25, 3, 1049 / 2 ** 20])],
    ['typed bfloat16', 'BF16', [2, 2], f32([0.5, -1.25, 3, 131 / 2 ** 17])],
    ['typed int8', 'I8', [2, 2], f32([-128, -1, 0, 127])],
    ['typed uint8', 'U8', [2, 2], f32([0, 1, 2, 255])],
    ['typed int32', 'I32', [2, 2], f64([-(2 ** 31), -1, 0, 2 ** 31 - 1])],
    ['typed int64', 'I64', [2, 2], f64([-(2 ** 53) + 1, -1, 0, 2 ** 53 - 1])],
    ['typed uint64', 'U64', [2, 2], f64([0, 1, 2, 2 ** 53 - 1])],
  ])('%s', async (name, dtype, shape, data) => {
    expect(await readTensor(fixture('plain.onnx'), name)).toEqual({ name, dtype, shape, data });
  });

  test.each([
    ['bool', 'dtype BOOL holds booleans; save it as F32'],
    ['strings', 'holds strings, which is not read; convert it to float32'],
  ])('%s is listed, and rejected when read', async (name, says) => {
    const file = await openTensors(fixture('plain.onnx'));
    expect(file.entries.find((entry) => entry.name === name)?.readable).toBe(false);
    await expect(file.read(name)).rejects.toThrow(`plain.onnx: tensor "${name}": ${says}`);
  });

  test('recognises a model by its content, and reads integers in ranges', async () => {
    const file = await openTensors(bytesSource('x', fixtureBytes('plain.onnx')));
    expect(file.format).toBe('onnx');
    expect(file.metadata).toEqual({ producer: 'polysem', 'made by': 'onnx 1.23.2' });
    const { read } = await file.open('typed int8');
    expect(await read(1, 2)).toEqual(f32([-1, 0]));
    await expect(read(3, 2)).rejects.toThrow(RangeError);
  });
});

describe('integers of protobuf', () => {
  const read = async (dtype: NumericDType, shape: number[], bytes: number[]) => {
    const source = bytesSource('x', Uint8Array.from(bytes));
    const entry = { name: 'w', dtype, shape, readable: true, byteOffset: 0, byteLength: 0 };
    const data = { kind: 'int32', begin: 0, end: bytes.length } as const;
    return [...(await (await protobufNumbers(source, entry, dtype, data)).read(0, bytes.length))];
  };

  test.each(['I8', 'U8', 'I16', 'U16', 'I32'] as const)(
    '%s of one byte each are read',
    async (dtype) => {
      expect(await read(dtype, [3], [1, 2, 100])).toEqual([1, 2, 100]);
      expect(await read(dtype, [1, 1], [7])).toEqual([7]);
    },
  );

  test('of which there are too few or too many are refused', async () => {
    const message = 'does not fit its data; the file is damaged';
    await expect(read('I32', [4], [1, 2, 100])).rejects.toThrow(message);
    await expect(read('I32', [2], [1, 2, 100])).rejects.toThrow(message);
    // The last byte says that another follows.
    await expect(read('I32', [3], [1, 2, 200])).rejects.toThrow(message);
  });
});

describe('quantised.onnx', () => {
  const NAMES = {
    'by tensor': 'I8',
    'by tensor, zero at 7': 'I8',
    'by axis 0': 'I8',
    'by axis -2': 'I8',
    'by columns': 'U8',
    'by blocks': 'U8',
    'by blocks of rows': 'I8',
    'by blocks of int4': 'I4',
    'by tensor of uint4': 'U4',
    'by constants': 'I8',
  };

  test.each(Object.entries(NAMES))(
    '%s equals the output of the reference evaluator',
    async (name, dtype) => {
      const expected = await readTensor(fixture('onnx-dequantised.npz'), name);
      const found = await readTensor(fixture('quantised.onnx'), name);
      expect(found.data).toEqual(expected.data);
      expect(found.shape).toEqual(expected.shape);
      expect(found.dtype).toBe(`${dtype} dequantised`);
    },
  );

  test('is read in any ranges', async () => {
    const file = await openTensors(fixture('quantised.onnx'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(NAMES), 'int4'),
        fc.nat(),
        fc.nat(),
        async (name, a, b) => {
          const whole = (await file.read(name)).data;
          const [from, to] = [a % (whole.length + 1), b % (whole.length + 1)].toSorted(
            (x, y) => x - y,
          );
          const { read } = await file.open(name);
          expect(await read(from, to - from)).toEqual(whole.slice(from, to));
        },
      ),
    );
  });

  test('lists constants with two axes', async () => {
    const file = await openTensors(fixture('quantised.onnx'));
    const names = file.entries.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('constant'))).toEqual([
      'constant',
      'constant of integers',
    ]);
    expect((await file.read('constant')).data).toEqual(f32(M));
    const w = (await file.read('w')).data;
    expect((await file.read('constant of integers')).data).toEqual(w.slice(0, 8));
    expect(names).not.toContain('not from initialisers');
  });
});

describe('external.onnx', () => {
  const folder = (open: (file: string) => Promise<ByteSource | undefined>) => ({
    folder: { name: 'fixtures', open },
  });

  test('reads data from a file next to the model', async () => {
    const opened: string[] = [];
    const beside = folder(async (name) => {
      opened.push(name);
      return fixture(name);
    });
    const file = await openTensors(fixture('external.onnx'), beside);
    expect((await file.read('w')).data).toEqual(f64(M));
    expect((await file.read('t')).data).toEqual(f64([0, 3, 1, 4, 2, 5].map((i) => M[i])));
    expect(opened).toEqual(['external.onnx.data']);
  });

  test('rejects a data file that is missing, short or not given', async () => {
    await expect((await openTensors(fixture('external.onnx'))).read('w')).rejects.toThrow(
      'external.onnx: has its data in the file "external.onnx.data"; open the folder with both files',
    );
    const none = folder(async () => undefined);
    await expect((await openTensors(fixture('external.onnx'), none)).read('w')).rejects.toThrow(
      'has its data in the file "external.onnx.data"; which is missing; put it into the folder of the model',
    );
    const short = folder(async (name) => bytesSource(name, new Uint8Array(50)));
    await expect((await openTensors(fixture('external.onnx'), short)).read('t')).rejects.toThrow(
      'tensor "t": shape [3, 2] of F64 needs 48 bytes, which external.onnx.data does not have at offset "48"; one of the files is damaged',
    );
  });

  test.each(['../secret', '/etc/passwd', 'a/../../b', 'C:\\x', 'http://x/y', ''])(
    'never reads data outside the folder: %s',
    async (location) => {
      const opened: string[] = [];
      const beside = folder(async (name) => {
        opened.push(name);
        return bytesSource(name, new Uint8Array(8));
      });
      const bytes = model(
        tensor('w', [1], 11, field(13, pair('location', location)), varint(14, 1)),
      );
      const file = await openTensors(bytesSource('x.onnx', bytes), beside);
      await expect(file.read('w')).rejects.toThrow(
        /is outside of its folder; the file is damaged or hostile/,
      );
      expect(opened).toEqual([]);
    },
  );
});

/* Models written by hand. */

const base128 = (value: number | bigint): Uint8Array => {
  const bytes: number[] = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    if (rest <= 127n) return Uint8Array.from(bytes);
  }
};
const varint = (number: number, value: number | bigint) =>
  concat(base128(number * 8), base128(value));
const field = (number: number, content: Uint8Array | string) =>
  concat(base128(number * 8 + 2), base128(Buffer.from(content as Uint8Array).length), content);
const pair = (key: string, value: string) => concat(field(1, key), field(2, value));
const tensor = (name: string, dims: (number | bigint)[], type: number, ...rest: Uint8Array[]) =>
  field(5, concat(...dims.map((dim) => varint(1, dim)), varint(2, type), field(8, name), ...rest));
const constant = (name: string, dims: number[], type: number, ...rest: Uint8Array[]) => {
  const value = tensor('', dims, type, ...rest).subarray(1);
  const content = value.subarray(value.findIndex((byte) => byte < 128) + 1);
  const attribute = field(5, concat(field(1, 'value'), field(5, content)));
  return field(1, concat(field(2, name), field(4, 'Constant'), attribute));
};
const model = (...graph: Uint8Array[]) => concat(varint(1, 9), field(7, concat(...graph)));

describe('hostile models', () => {
  const raw = (bytes: number) => field(9, new Uint8Array(bytes));

  test.each<[string, Uint8Array, RegExp]>([
    ['no graph', varint(1, 9), /holds no initialiser and no constant/],
    ['text', concat('not-a-model'), /has no valid protobuf field at byte 0/],
    ['a graph that is a number', varint(7, 9), /field "7" at byte 1 is not a message/],
    [
      'a field longer than the file',
      concat(base128(7 * 8 + 2), base128(2n ** 63n)),
      /ends at 9223372036854776000, beyond the end of its message/,
    ],
    [
      'an integer without an end',
      Uint8Array.of(8, ...Array.from({ length: 20 }, () => 255)),
      /no valid protobuf field/,
    ],
    ['groups', Uint8Array.of(0x0b, 0x0b, 0x0c), /no valid protobuf field at byte 0/],
    [
      'a negative size',
      model(tensor('w', [2n ** 64n - 1n], 1, raw(4))),
      /shape \[-1\] is impossible/,
    ],
    [
      'a shape that overflows',
      model(tensor('w', [2 ** 40, 2 ** 40], 1, raw(4))),
      /shape \[1099511627776, 1099511627776\] is impossible/,
    ],
    [
      'a shape larger than its data',
      model(tensor('w', [2 ** 30], 1, raw(8))),
      /tensor "w": shape \[1073741824\] of F32 needs 4294967296 bytes, it has 8; the file is damaged/,
    ],
    [
      'typed data fewer than the shape says',
      model(tensor('w', [2 ** 30], 3, field(5, Uint8Array.of(1, 2)))),
      /tensor "w": shape \[1073741824\] does not fit its data/,
    ],
    [
      'typed data in the field of another type',
      model(tensor('w', [2], 3, field(7, Uint8Array.of(1, 2)))),
      /tensor "w": I8 cannot be stored as int64_data/,
    ],
    [
      'an integer that a double cannot hold',
      model(tensor('w', [1], 7, field(7, base128(2n ** 60n)))),
      /element 0 is an integer near 1152921504606847000, beyond 2\^53/,
    ],
    ['no data', model(tensor('w', [2], 1)), /needs 8 bytes, it has 0/],
    [
      'data split into segments',
      model(tensor('w', [2], 1, field(4, new Uint8Array(4)), field(4, new Uint8Array(4)))),
      /has its data in several parts; load the model and save it again with onnx.save/,
    ],
    [
      'two tensors of one name',
      model(tensor('w', [1], 1, raw(4)), tensor('w', [1], 1, raw(4))),
      /two tensors are called "w"/,
    ],
    [
      'a name of 100 kB',
      model(tensor('w'.repeat(1e5), [1], 1, raw(4))),
      /a name at byte \d+ has 100000 bytes/,
    ],
    [
      'fewer nibbles than the shape needs',
      model(tensor('w', [2 ** 30], 22, raw(8))),
      /tensor "w": shape \[1073741824\] of I4 needs 536870912 bytes, it has 8; the file is damaged/,
    ],
    [
      'nibbles stored as protobuf numbers',
      model(tensor('w', [2], 21, field(5, Uint8Array.of(1)))),
      /tensor "w": U4 is read as raw data only; save the model again with onnx.save/,
    ],
    [
      'a constant with the name of an initialiser',
      model(tensor('w', [1], 1, raw(4)), constant('w', [1, 1], 1, raw(4))),
      /two tensors are called "w"/,
    ],
    [
      'a constant larger than its data',
      model(constant('w', [2 ** 20, 2 ** 20], 1, raw(8))),
      /tensor "w": shape \[1048576, 1048576\] of F32 needs 4398046511104 bytes, it has 8/,
    ],
    [
      'a constant that is a number',
      model(field(1, concat(field(2, 'w'), field(4, 'Constant'), field(5, field(1, 'value'))))),
      /holds no initialiser and no constant/,
    ],
    ...[-1, 2 ** 40, 1].map((size): [string, Uint8Array, RegExp] => [
      `blocks of ${size}`,
      model(
        tensor('w', [2, 3], 3, raw(6)),
        tensor('s', [2, 2], 1, raw(16)),
        field(
          1,
          concat(
            concat(field(1, 'w'), field(1, 's'), field(2, 'y'), field(4, 'DequantizeLinear')),
            field(5, concat(field(1, 'block_size'), varint(3, BigInt.asUintN(64, BigInt(size))))),
          ),
        ),
      ),
      /tensor "y": shape \[2, 3\] does not fit scales \[2, 2\] along axis 1/,
    ]),
    [
      'scales that do not fit',
      model(
        tensor('w', [2, 3], 3, raw(6)),
        tensor('s', [2], 1, raw(8)),
        field(1, concat(field(1, 'w'), field(1, 's'), field(2, 'y'), field(4, 'DequantizeLinear'))),
      ),
      /tensor "y": shape \[2, 3\] does not fit scales \[2\] along axis 1/,
    ],
  ])('%s', async (_, bytes, message) => {
    const problems: string[] = [];
    const largest = await largestAllocation(async () => {
      problems.push(await problemOf(bytes, 'x.onnx'));
    });
    expect(problems[0]).toMatch(message);
    expect(largest).toBeLessThan(1e6);
  });

  test('skips the data of weights without reading them', async () => {
    const size = 3e9;
    const head = concat(varint(1, 9));
    const weights = concat(
      varint(1, size / 4),
      varint(2, 1),
      field(8, 'w'),
      base128(9 * 8 + 2),
      base128(size),
    );
    const after = tensor('after', [1], 1, field(9, new Uint8Array(4)));
    const message = concat(base128(5 * 8 + 2), base128(weights.length + size), weights);
    const graph = concat(base128(7 * 8 + 2), base128(message.length + size + after.length));
    const before = concat(head, graph, message);
    let bytesRead = 0;
    const source: ByteSource = {
      name: 'large.onnx',
      size: before.length + size + after.length,
      read: async (offset, length) => {
        bytesRead += length;
        const bytes = new Uint8Array(length);
        for (let i = 0; i < length; i++) {
          const at = offset + i;
          bytes[i] = before[at] ?? after[at - before.length - size] ?? 0;
        }
        return bytes;
      },
    };
    const file = await openTensors(source);
    expect(file.entries.map(({ name, shape }) => [name, shape])).toEqual([
      ['w', [size / 4]],
      ['after', [1]],
    ]);
    expect(bytesRead).toBeLessThan(1e5);
    expect(await (await file.open('w')).read(size / 4 - 2, 2)).toEqual(f32([0, 0]));
  });

  test.each(['plain.onnx', 'quantised.onnx'])(
    '%s cut at every byte, and with a bit of every byte flipped',
    async (name) => {
      const whole = fixtureBytes(name);
      const readsOrRefuses = async (bytes: Uint8Array) => {
        const largest = await largestAllocation(async () => {
          await readAll(bytes, name).catch((error: unknown) => {
            if (!(error instanceof FormatError)) throw error;
          });
        });
        expect(largest).toBeLessThan(1e6);
      };
      for (let at = 0; at < whole.length; at++) {
        // oxlint-disable-next-line no-await-in-loop -- allocations are watched one file at a time
        await readsOrRefuses(whole.subarray(0, at));
        const flipped = new Uint8Array(whole);
        flipped[at] ^= 1 << (at % 8);
        // oxlint-disable-next-line no-await-in-loop -- as above
        await readsOrRefuses(flipped);
      }
    },
  );
});
