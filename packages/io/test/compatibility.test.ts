// The fixtures were written by numpy 2.4.6 and safetensors 0.8.0; the expected values are literals here.
import { HEAD_BYTES } from '../src/formats/format.ts';
import { describe, expect, test } from 'vitest';
import { bytesSource, listTensors, openTensors, readTensor } from '../src/index.ts';
import { fixture, fixtureBytes } from './helpers.ts';

const M = [0.5, -1.25, 3, Math.PI, -0, 1e-3];
const M_F16 = [0.5, -1.25, 3, 3.140625, -0, 1049 / 2 ** 20];
const M_BF16 = [0.5, -1.25, 3, 3.140625, -0, 131 / 2 ** 17];
const f32 = (values: number[]) => new Float32Array(values);
const f64 = (values: number[]) => new Float64Array(values);

describe('numpy', () => {
  test.each([
    { name: 'f8', dtype: 'F64', shape: [2, 3], data: f64(M) },
    { name: 'f4', dtype: 'F32', shape: [2, 3], data: f32(M) },
    { name: 'f2', dtype: 'F16', shape: [2, 3], data: f32(M_F16) },
    { name: 'f8-big-endian', dtype: 'F64', shape: [2, 3], data: f64(M) },
    { name: 'f8-fortran', dtype: 'F64', shape: [2, 3], data: f64(M) },
    {
      name: 'f4-fortran-3d',
      dtype: 'F32',
      shape: [2, 3, 4],
      data: f32(Array.from({ length: 24 }, (_, i) => i)),
    },
    { name: 'version-2', dtype: 'F64', shape: [2, 3], data: f64(M) },
    { name: 'version-3', dtype: 'F64', shape: [2, 3], data: f64(M) },
    { name: 'i4', dtype: 'I32', shape: [2, 2], data: f64([-2147483648, 0, 7, 2147483647]) },
    { name: 'i2-big-endian', dtype: 'I16', shape: [3], data: f32([-32768, -2, 32767]) },
    { name: 'i8', dtype: 'I64', shape: [3], data: f64([-(2 ** 53 - 1), 0, 2 ** 53 - 1]) },
    { name: 'u1', dtype: 'U8', shape: [3], data: f32([0, 128, 255]) },
    { name: 'scalar', dtype: 'F64', shape: [], data: f64([2.5]) },
    { name: 'empty', dtype: 'F64', shape: [0, 3], data: f64([]) },
  ])('$name.npy', async ({ name, dtype, shape, data }) => {
    expect(await readTensor(fixture(`${name}.npy`))).toEqual({ name, dtype, shape, data });
  });

  test.each([
    { name: 'object', says: 'dtype "|O" holds Python objects, stored as a pickle' },
    { name: 'complex', says: 'dtype "<c16" holds complex numbers' },
    { name: 'string', says: 'dtype "<U2" holds strings' },
    { name: 'bytes', says: 'dtype "|S2" holds byte strings' },
    { name: 'structured', says: 'dtype "structured" holds records with named fields' },
    { name: 'date', says: 'dtype "<M8[ns]" holds dates' },
    { name: 'bool', says: 'dtype "|b1" holds booleans' },
    { name: 'bfloat16', says: 'dtype "<V2" holds opaque bytes (numpy stores bfloat16 so)' },
    { name: 'i8-unsafe', says: 'element 1 is an integer near 9007199254740992, beyond 2^53' },
  ])('$name.npy is listed, and rejected when read', async ({ name, says }) => {
    const source = fixture(`${name}.npy`);
    expect(await listTensors(source)).toHaveLength(1);
    await expect(readTensor(source)).rejects.toThrow(`${name}.npy: ${says}`);
  });

  test.each(['stored.npz', 'zip64.npz'])('%s', async (name) => {
    const file = await openTensors(fixture(name));
    expect(file.format).toBe('npz');
    expect(file.entries.map((entry) => [entry.name, entry.dtype, entry.shape])).toEqual([
      ['W', 'F64', [2, 3]],
      ['b', 'F32', [3]],
    ]);
    expect((await file.read('W')).data).toEqual(f64(M));
    expect((await file.read('b')).data).toEqual(f32([1, 2, 3]));
  });

  test('an end record whose every field says "see zip64"', async () => {
    const bytes = fixtureBytes('zip64.npz');
    bytes.fill(0xff, bytes.length - 14, bytes.length - 2);
    const file = await openTensors(bytesSource('x', bytes));
    expect((await file.read('W')).data).toEqual(f64(M));
  });

  test('deflated.npz', async () => {
    const file = await openTensors(fixture('deflated.npz'));
    expect(file.entries.map(({ name, readable }) => [name, readable])).toEqual([
      ['W', true],
      ['zeros', true],
      ['names', false],
    ]);
    expect((await file.read('W')).data).toEqual(f64(M));
    expect(await file.read('zeros')).toMatchObject({
      shape: [40, 50],
      data: new Float64Array(2000),
    });
    await expect(file.read('names')).rejects.toThrow(
      'deflated.npz/names.npy: dtype "<U1" holds strings',
    );
  });
});

describe('safetensors', () => {
  test('mixed.safetensors', async () => {
    const file = await openTensors(fixture('mixed.safetensors'));
    expect(file.format).toBe('safetensors');
    expect(file.metadata).toEqual({ 'made by': 'safetensors 0.8.0' });
    const names = file.entries.map((entry) => entry.name);
    expect(names.toSorted()).toEqual(['__proto__', 'bf16', 'f16', 'f32', 'f64', 'ints']);
    expect((await file.read('f64')).data).toEqual(f64(M));
    expect((await file.read('f32')).data).toEqual(f32(M));
    expect((await file.read('f16')).data).toEqual(f32(M_F16));
    expect((await file.read('bf16')).data).toEqual(f32(M_BF16));
    expect((await file.read('__proto__')).data).toEqual(f32([4, 5]));
    expect((await file.read('ints')).data).toEqual(f64([1, 2, 3]));
  });

  test.each([
    { name: 'I8', data: f32([-128, 0, 127]) },
    { name: 'U8', data: f32([0, 128, 255]) },
    { name: 'I16', data: f32([-32768, -2, 32767]) },
    { name: 'U16', data: f32([0, 40000, 65535]) },
    { name: 'I32', data: f64([-(2 ** 31), 7, 2 ** 31 - 1]) },
    { name: 'U32', data: f64([0, 3e9, 2 ** 32 - 1]) },
    { name: 'I64', data: f64([-(2 ** 53 - 1), 0, 2 ** 53 - 1]) },
    { name: 'U64', data: f64([0, 1, 2 ** 53 - 1]) },
  ])('integers.safetensors: $name', async ({ name, data }) => {
    expect((await readTensor(fixture('integers.safetensors'), name)).data).toEqual(data);
  });

  test('names integers of 64 bits that a double cannot hold', async () => {
    const bytes = fixtureBytes('integers.safetensors');
    const { byteOffset } = (await listTensors(bytesSource('x', bytes))).find(
      ({ name }) => name === 'I64',
    )!;
    bytes.fill(0xff, byteOffset, byteOffset + 7);
    bytes[byteOffset + 7] = 0x7f;
    await expect(readTensor(bytesSource('x', bytes), 'I64')).rejects.toThrow(
      'x: tensor "I64": element 0 is an integer near 9223372036854776000, beyond 2^53',
    );
  });

  test('reads only the first bytes, the header and one tensor', async () => {
    const source = fixture('mixed.safetensors');
    const reads: [number, number][] = [];
    const file = await openTensors({
      ...source,
      read: (offset, length) => {
        reads.push([offset, length]);
        return source.read(offset, length);
      },
    });
    const entry = file.entries.find(({ name }) => name === 'f32');
    const dataOffset = Math.max(HEAD_BYTES, file.entries[0].byteOffset);
    expect(reads.every(([offset, length]) => offset + length <= dataOffset)).toBe(true);
    reads.length = 0;
    await file.read('f32');
    expect(reads).toEqual([[entry?.byteOffset, 24]]);
  });
});

test('needs an existing name to choose among several tensors', async () => {
  await expect(readTensor(fixture('stored.npz'))).rejects.toThrow(
    'stored.npz: holds 2 tensors, "W", "b"; choose one by its name',
  );
  await expect(readTensor(fixture('stored.npz'), 'w')).rejects.toThrow(
    'stored.npz: no tensor "w"; the file holds "W", "b"',
  );
  expect((await readTensor(fixture('stored.npz'), 'b')).shape).toEqual([3]);
});
