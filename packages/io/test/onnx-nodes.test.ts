// Nodes and fields of ONNX, as onnx.proto and the encoding of protobuf define them.
import { expect, test } from 'vitest';
import { dequantisedTensors } from '../src/formats/onnx/dequantise.ts';
import { peeking } from '../src/formats/onnx/protobuf-fields.ts';
import { bytesSource, openTensors, readTensor } from '../src/index.ts';
import { concat } from './helpers.ts';
import { field, model, tensor, varint } from './onnx-messages.ts';

const raw = (values: ArrayBufferView) => field(9, new Uint8Array(values.buffer));
const x = tensor('x', [2, 2], 3, raw(Int8Array.of(1, 2, 3, 4)));
const node = (...parts: readonly Uint8Array[]) =>
  field(1, concat(field(1, 'x'), field(1, 's'), field(2, 'y'), ...parts));
const OPERATOR = field(4, 'DequantizeLinear');

test('bytes are looked at one by one, up to the last', async () => {
  const bytes = Uint8Array.from({ length: 20_010 }, (_, i) => 1 + (i % 250));
  const peek = peeking(bytesSource('x', bytes));
  for (const at of [0, 20_000, 20_009, 5])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await peek(at, 1)).toEqual(Uint8Array.of(bytes[at]));
});

test('an initialiser without a type is listed and not read', async () => {
  const dims = concat(varint(1, 1), field(8, 'w'), raw(Float32Array.of(1)));
  const { entries } = await openTensors(bytesSource('x.onnx', model(field(5, dims), x)));
  expect(entries.find(({ name }) => name === 'w')?.readable).toBe(false);
});

test('an attribute without an integer is 0', async () => {
  const scales = tensor('s', [2], 1, raw(Float32Array.of(10, 100)));
  const bytes = model(x, scales, node(OPERATOR, field(5, field(1, 'axis'))));
  const { data } = await readTensor(bytesSource('x.onnx', bytes), 'y');
  expect(data).toEqual(Float32Array.of(10, 20, 300, 400));
});

test('of two nodes with one output the first counts', async () => {
  const scale = (name: string, value: number) => tensor(name, [], 1, raw(Float32Array.of(value)));
  const second = concat(field(1, 'x'), field(1, 't'), field(2, 'y'), OPERATOR);
  const bytes = model(x, scale('s', 2), scale('t', 3), node(OPERATOR), field(1, second));
  const file = await openTensors(bytesSource('x.onnx', bytes));
  expect(file.entries.filter(({ name }) => name === 'y')).toHaveLength(1);
  expect((await file.read('y')).data).toEqual(Float32Array.of(2, 4, 6, 8));
});

test('weights are readable if all inputs of their node are', () => {
  const source = bytesSource('x', new Uint8Array(0));
  const stored = (name: string, dtype: string, readable: boolean) => ({
    entry: { name, dtype, shape: [1], readable, byteOffset: 0, byteLength: 0 },
    open: async () => expect.fail('nothing is read'),
  });
  const own = { inputs: ['x', 's'], output: 'y', axis: 0, blockSize: 0, problem: null };
  for (const [first, second] of [
    [true, true],
    [true, false],
    [false, true],
  ]) {
    const inputs = [stored('x', 'I8', first), stored('s', 'F32', second)];
    const tensors = new Map(inputs.map((input) => [input.entry.name, input]));
    const [found] = dequantisedTensors(source, tensors, [
      { operator: 'DequantizeLinear', ...own } as never,
    ]);
    expect(found.entry.readable).toBe(first && second);
  }
});
