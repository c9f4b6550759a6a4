// One matrix in every format that can hold it. The bytes of the formats without a writer in polysem are composed here.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { encodeCsv, encodeParquet } from '@polysem/io/tables';
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { polysemMany, scratch } from './polysem.ts';

const [ROWS, COLUMNS] = [6, 4];
const shape = [ROWS, COLUMNS];
/** Eighths, which float32, float64 and decimals hold exactly. */
const eighths = Array.from({ length: ROWS * COLUMNS }, (_, i) => (((i * 29) % 47) - 20) / 8);
type Numbers = Float32Array | Float64Array;

function bytesOf(numbers: Numbers): Buffer {
  return Buffer.from(numbers.buffer);
}

function uint32(...values: number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}

function uint64(...values: number[]): Buffer {
  return Buffer.from(BigUint64Array.from(values, BigInt).buffer);
}

/** A checkpoint `{'w': tensor}` of torch.save. */
function torch(data: Numbers): Uint8Array {
  const text = (value: string): string => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
  const small = (...values: number[]): string =>
    values.map((value) => `K${String.fromCharCode(value)}`).join('');
  const type = data instanceof Float64Array ? 'DoubleStorage' : 'FloatStorage';
  const pickle =
    `\x80\x02}${text('w')}ctorch._utils\n_rebuild_tensor_v2\n((` +
    `${text('storage')}ctorch\n${type}\n${text('0')}${text('cpu')}${small(data.length)}tQ` +
    `${small(0, ROWS, COLUMNS)}\x86${small(COLUMNS, 1)}\x86\x89}tRs.`;
  const members = { 'a/data.pkl': Buffer.from(pickle, 'latin1'), 'a/data/0': bytesOf(data) };
  return zipSync(members, { level: 0 });
}

/** A GGUF file of version 3 with the tensor `w`. */
function gguf(data: Numbers): Uint8Array {
  const type = data instanceof Float64Array ? 28 : 0;
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(1, 0, 1),
    Buffer.from('w'),
    uint32(2),
    uint64(COLUMNS, ROWS),
    uint32(type),
    uint64(0),
  ]);
  return Buffer.concat([head, Buffer.alloc((32 - (head.length % 32)) % 32), bytesOf(data)]);
}

/** An ONNX model with the initialiser `w`. */
function onnx(data: Numbers): Uint8Array {
  const field = (number: number, content: Buffer): Buffer =>
    Buffer.concat([
      Buffer.of(8 * number + 2, (content.length & 127) | 128, content.length >> 7),
      content,
    ]);
  const type = data instanceof Float64Array ? 11 : 1;
  const tensor = Buffer.concat([
    Buffer.of(8, ROWS, 8, COLUMNS, 16, type),
    field(8, Buffer.from('w')),
    field(9, bytesOf(data)),
  ]);
  return Buffer.concat([Buffer.of(8, 9), field(7, field(5, tensor))]);
}

/** Columns `a`, `b`, .. of a table. */
function columns(data: Numbers): { name: string; values: Numbers }[] {
  return Array.from({ length: COLUMNS }, (_, j) => ({
    name: 'abcd'[j],
    values: data.filter((__, i) => i % COLUMNS === j),
  }));
}

const FORMATS: Record<string, (data: Numbers) => Uint8Array> = {
  'w.npy': (data) => encodeNpy({ shape, data }),
  'w.npz': (data) => zipSync({ 'w.npy': encodeNpy({ shape, data }) }, { level: 6 }),
  'w.safetensors': (data) => encodeSafetensors([{ name: 'w', shape, data }]),
  'w.pt': torch,
  'w.gguf': gguf,
  'w.onnx': onnx,
  'w.parquet': (data) => encodeParquet(columns(data)),
  'w.csv': (data) => encodeCsv(columns(data)),
};

it('measures one matrix with the same bytes in every format, as float32 and as float64', async () => {
  const folder = scratch();
  const files = Object.entries(FORMATS).flatMap(([name, encode]) =>
    [Float32Array, Float64Array].map((Type) => {
      const file = `${Type.BYTES_PER_ELEMENT * 8}-${name}`;
      writeFileSync(join(folder, file), encode(Type.from(eighths)));
      return file;
    }),
  );
  const words = files.map((file) => ['measure', file, '--features', 'rows', '--json']);
  const runs = await polysemMany(words, folder);
  const outputs = runs.map(({ code, stdout, stderr }, i) => {
    expect([code, stderr], files[i]).toEqual([0, expect.any(String)]);
    const {
      matrix: _,
      configuration: __,
      ...numbers
    } = JSON.parse(stdout) as Record<string, unknown>;
    // The type of the stored numbers is all that may differ.
    return JSON.stringify(numbers).replace('"data":"float64"', '"data":"float32"');
  });
  expect(outputs[0]).toContain('"features":6,"dims":4');
  for (const [i, output] of outputs.entries()) expect(output, files[i]).toBe(outputs[0]);
});
