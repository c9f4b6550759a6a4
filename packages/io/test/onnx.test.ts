// The fixtures were written by test/fixtures/onnx.py with onnx 1.23.2; the expected values are literals here.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, openTensors, readTensor, type ByteSource } from '../src/index.ts';
import { protobufNumbers } from '../src/formats/onnx/numbers.ts';
import type { NumericDType } from '../src/numbers/dtype.ts';
import { concat, fixture, fixtureBytes } from './helpers.ts';
import { base128, field, model, pair, tensor, varint } from './onnx-messages.ts';

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

test('fields that the format does not name are passed over, whatever their type', async () => {
  // Field 100 as an integer, as 8 bytes, as bytes, and as 4 bytes, between the fields of a model.
  const own = [
    varint(100, 300),
    concat(base128(100 * 8 + 1), new Uint8Array(8).fill(0xff)),
    field(100, 'any'),
    concat(base128(100 * 8 + 5), new Uint8Array(4).fill(0xff)),
  ];
  const w = tensor('w', [2], 1, ...own, field(9, new Uint8Array(Float32Array.of(1, -2).buffer)));
  const bytes = concat(...own, model(...own, w, ...own), ...own);
  expect((await readTensor(bytesSource('m.onnx', bytes))).data).toEqual(f32([1, -2]));
});

test('a file whose first eight bytes may be the length of a header of safetensors is no model', async () => {
  // Version 8 in the first field and a producer, as a length of 1 181 704 bytes; only nine bytes would be longer.
  const bytes = new Uint8Array(1_200_000);
  bytes.set([8, 8, 0x12, 0, 0, 0, 0, 0, 1]);
  await expect(openTensors(bytesSource('x', bytes))).rejects.toThrow(/^x: (?!.*ONNX model)/);
  await expect(openTensors(bytesSource('x', bytes.subarray(0, 1_181_000)))).rejects.toThrow(
    /ONNX|protobuf/,
  );
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

  test('are in the field of their type', async () => {
    const fields = {
      float: ['F32'],
      double: ['F64'],
      int64: ['I64'],
      uint64: ['U32', 'U64'],
      int32: ['I8', 'U8', 'I16', 'U16', 'I32', 'F16', 'BF16', 'F8_E4M3'],
    } as const;
    const source = bytesSource('x', new Uint8Array(8));
    for (const kind of ['float', 'double', 'int64', 'uint64', 'int32'] as const)
      for (const [own, types] of Object.entries(fields))
        for (const dtype of types) {
          const entry = { name: 'w', dtype, shape: [8], readable: true };
          const end = { float: 32, double: 64, int64: 8, uint64: 8, int32: 8 }[kind];
          const opening = protobufNumbers(
            source,
            { ...entry, byteOffset: 0, byteLength: 0 },
            dtype,
            { kind, begin: 0, end },
          );
          const refusal = `x: tensor "w": ${dtype} cannot be stored as ${kind}_data; the file is damaged`;
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          await (kind === own ? opening : expect(opening).rejects.toThrow(refusal));
        }
  });

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

  test('may name its axis, the size of its blocks and the type of its output', async () => {
    const integer = (name: string, value: number) =>
      field(5, concat(field(1, name), varint(3, value)));
    const raw = (values: ArrayBufferView) => field(9, new Uint8Array(values.buffer));
    const bytes = model(
      tensor('w', [2, 2], 3, raw(Int8Array.of(1, 2, 3, 4))),
      tensor('s', [2], 1, raw(Float32Array.of(10, 100))),
      field(
        1,
        concat(
          concat(field(1, 'w'), field(1, 's'), field(2, 'y'), field(4, 'DequantizeLinear')),
          concat(integer('axis', 0), integer('block_size', 0), integer('output_dtype', 1)),
        ),
      ),
    );
    const found = await readTensor(bytesSource('x.onnx', bytes), 'y');
    expect(found.data).toEqual(Float32Array.of(10, 20, 300, 400));
  });

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

  test.each(['40', '-8', '1.5', 'x', '', undefined])(
    'names the offset where the file does not have the data: %j',
    async (offset) => {
      const data = folder(async (name) => bytesSource(name, new Uint8Array(40)));
      const places = [pair('location', 'd'), pair('length', '4')].concat(
        offset === undefined ? [] : pair('offset', offset),
      );
      const external = concat(...places.map((place) => field(13, place)), varint(14, 1));
      const file = await openTensors(
        bytesSource('x.onnx', model(tensor('w', [1], 11, external))),
        data,
      );
      await expect(file.read('w')).rejects.toThrow(
        `x.onnx: tensor "w": shape [1] of F64 needs 8 bytes, which d does not have at offset "${offset ?? 0}"; one of the files is damaged`,
      );
    },
  );

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
