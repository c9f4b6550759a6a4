import { expect, test } from 'vitest';
import { openUrl } from '../src/bytes/index.ts';
import { csvFormat } from '../src/formats/csv/csv.ts';
import { parsePythonLiteral } from '../src/formats/npy/python-literal.ts';
import { bytesSource, featureSource, openTensors } from '../src/index.ts';
import { axisOfVectors, matrixShape } from '../src/layouts/model-width.ts';
import { concat } from './helpers.ts';

test('text from a source without a name may be a table unless it has control characters or markup', async () => {
  const isTable = async (...bytes: number[]) => {
    const start = Uint8Array.from(bytes);
    const source = { ...bytesSource('standard input', start), isUnnamed: true };
    return csvFormat.recognises({ source, start, zipMembers: async () => [] });
  };
  for (let byte = 0; byte < 256; byte++) {
    const isSound = byte >= 32 || [9, 10, 11, 12, 13].includes(byte);
    // oxlint-disable-next-line no-await-in-loop -- answers at once
    const found = [await isTable(0x31, byte, 0x31), await isTable(byte, 0x31)];
    expect(found).toEqual([isSound, isSound && byte !== 0x7b && byte !== 0x3c]);
  }
  const marks = [
    [0xff, 0xfe],
    [0xfe, 0xff],
    [0xff, 0xff],
    [0xfe, 0xfe],
  ];
  expect(await Promise.all(marks.map((mark) => isTable(...mark, 0)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a file on the web may have one byte', async () => {
  const source = await openUrl('https://host/w', {
    fetch: async () =>
      new Response(Uint8Array.of(7), {
        status: 206,
        headers: { 'content-range': 'bytes 0-0/1', etag: '"1"' },
      }),
  });
  expect([source.size, ...(await source.read(0, 1))]).toEqual([1, 7]);
});

test('a vector may have 2^24 numbers', () => {
  const dimsOf = (dims: number) => {
    const entry = { name: 'W', dtype: 'F32', shape: [1, dims], readable: true };
    const reader = {
      entry: { ...entry, byteOffset: 0, byteLength: 0 },
      precision: 'float32',
      order: 'C',
      read: async () => new Float32Array(0),
    } as const;
    return featureSource(reader, 'rows', { sourceName: 'x' }).dims;
  };
  expect(dimsOf(2 ** 24)).toBe(2 ** 24);
  expect(() => dimsOf(2 ** 24 + 1)).toThrow('has 16777217 dims, more than the 16777216 allowed');
});

test.each([
  [[8, 3], 3, 'rows'],
  [[8, 3], 8, 'columns'],
  [[8, 3], 5, null],
  [[3, 3], 3, null],
  [[2, 8, 3], 3, 'rows'],
  [[3, 8, 3], 8, 'columns'],
  [[3, 0], 0, 'rows'],
  [[0, 3], 0, 'columns'],
  [[3], 3, 'rows'],
  [[], 1, null],
] as const)('of a matrix %j, vectors of %d numbers are %s', (shape, length, axis) => {
  expect(axisOfVectors(shape, length)).toBe(axis);
  expect(matrixShape(shape)).toEqual([shape.at(-2) ?? 1, shape.at(-1) ?? 1]);
});

test.each([
  ["{'a' 1}", "':' at character 5"],
  ["{'a'}", "':' at character 4"],
  ['{1: 2}', 'a string without escapes at character 1'],
  ["{'a': 1 'b': 2}", "',' or '}' at character 8"],
  ["{'a': 1, 'a': 2}", "'a' only once at character 12"],
  ['(1 2)', "',' or ')' at character 3"],
  ['(1', "',' or ')' at character 2"],
  ['[1,,2]', 'a Python literal at character 3'],
  ['01', 'a Python literal at character 0'],
  ['1.5', 'a Python literal at character 0'],
  ['Truex', 'a Python literal at character 0'],
  ['', 'a Python literal at character 0'],
  ['1 2', 'nothing more at character 2'],
])('the literal %j of Python is refused', (text, expected) => {
  expect(() => parsePythonLiteral(text)).toThrow(new SyntaxError(`expected ${expected}`));
});

test('literals of Python are nested at most 32 deep, also in dicts', () => {
  const nested = (depth: number) => `${"{'a':".repeat(depth)}1${'}'.repeat(depth)}`;
  expect(parsePythonLiteral(nested(32))).toMatchObject({ kind: 'dict' });
  expect(() => parsePythonLiteral(nested(33))).toThrow(
    'expected no more than 32 levels of nesting at character 165',
  );
});

test.each(['{', ' {', '\t{', '\n{', '\r{'])(
  'JSON that begins with %j is an index',
  async (begin) => {
    const text = `${begin}"weight_map": 3}`.padEnd(20);
    await expect(openTensors(bytesSource('x', concat(text)))).rejects.toThrow(
      'x: is JSON without an object "weight_map"',
    );
  },
);
