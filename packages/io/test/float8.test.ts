import { describe, expect, test } from 'vitest';
import { float8Value, type Float8DType } from '../src/numbers/float8.ts';
import { openTensors } from '../src/index.ts';
import { fixture } from './helpers.ts';

const FORMATS: readonly Float8DType[] = ['F8_E4M3', 'F8_E5M2', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ'];

describe.each(FORMATS)('%s', (dtype) => {
  // float8.safetensors holds the 256 bytes of each type, and their float32 values from ml_dtypes
  // 0.6.0.
  test('agrees with ml_dtypes for all 256 bytes', async () => {
    const file = await openTensors(fixture('float8.safetensors'));
    const { data } = await file.read(dtype);
    const expected = await file.read(`float32 of ${dtype}`);
    expect(data).toHaveLength(256);
    expect([...data].filter((value, byte) => !Object.is(value, expected.data[byte]))).toEqual([]);
  });
});

test.each<[Float8DType, number, number]>([
  ['F8_E4M3', 0x7e, 448],
  ['F8_E5M2', 0x7b, 57344],
  ['F8_E4M3FNUZ', 0x7f, 240],
  ['F8_E5M2FNUZ', 0x7f, 57344],
])('the largest %s has its published value', (dtype, byte, value) => {
  expect(float8Value(dtype, byte)).toBe(value);
  const finite = Array.from({ length: 256 }, (_, i) => float8Value(dtype, i)).filter(
    Number.isFinite,
  );
  expect(Math.max(...finite)).toBe(value);
});
