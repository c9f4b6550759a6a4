import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { featureVector } from '@polysem/core/embedding';
import { embeddingToMatrix, toEmbedding, type Tensor } from '../src/index.ts';
import { checkFinite } from '../src/tensors/tensor.ts';

function tensor(shape: number[], data: Float64Array | Float32Array): Tensor {
  return { name: 'W', shape, data, dtype: data instanceof Float64Array ? 'F64' : 'F32' };
}

test('takes features from the rows or the columns of the matrix', () => {
  const w = tensor([2, 3], Float64Array.of(1, 2, 3, 4, 5, 6));
  const columns = toEmbedding(w, 'columns', 'x');
  expect([columns.dims, columns.features]).toEqual([2, 3]);
  expect(featureVector(columns, 2)).toEqual(Float64Array.of(3, 6));
  const rows = toEmbedding(w, 'rows', 'x');
  expect([rows.dims, rows.features]).toEqual([3, 2]);
  expect(featureVector(rows, 1)).toEqual(Float64Array.of(4, 5, 6));
  expect(embeddingToMatrix(columns)).toEqual({ shape: [2, 3], data: w.data });
  expect(embeddingToMatrix(rows)).toEqual({
    shape: [3, 2],
    data: Float64Array.of(1, 4, 2, 5, 3, 6),
  });
});

test('keeps single precision, and does not copy rows', () => {
  const w = tensor([2, 2], Float32Array.of(1, 2, 3, 4));
  expect(toEmbedding(w, 'rows', 'x').data).toBe(w.data);
  expect(toEmbedding(w, 'columns', 'x').data).toEqual(Float32Array.of(1, 3, 2, 4));
});

test('survives a round trip as a D x N matrix', () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }));
  fc.assert(
    fc.property(sizes, ([dims, features]) => {
      const data = Float64Array.from({ length: dims * features }, (_, i) => i);
      const w = tensor([dims, features], data);
      expect(embeddingToMatrix(toEmbedding(w, 'columns', 'x')).data).toEqual(data);
    }),
  );
});

test.each<[string, Tensor, string]>([
  [
    'one axis',
    tensor([3], new Float64Array(3)),
    'x: tensor "W": shape [3] is not a matrix; an embedding has two axes, features and dims',
  ],
  ['0 x N', tensor([0, 5], new Float64Array(0)), 'x: tensor "W": shape [0, 5] is empty'],
  [
    'NaN',
    tensor([2, 3], Float64Array.of(0, 0, 0, 0, NaN, Infinity)),
    'x: tensor "W": 2 of 6 values are not finite, the first is NaN at [1, 1]',
  ],
])('rejects %s', (_, w, message) => {
  expect(() => toEmbedding(w, 'columns', 'x')).toThrow(
    expect.objectContaining({ name: 'FormatError', message }) as Error,
  );
});

test('checkFinite names the first value that is not finite', () => {
  expect(() => checkFinite(tensor([2], Float32Array.of(1, -Infinity)), 'x')).toThrow(
    'x: tensor "W": 1 of 2 values are not finite, the first is -Infinity at [1]',
  );
  expect(() => checkFinite(tensor([], Float64Array.of(NaN)), 'x')).toThrow('is NaN at []');
  expect(() => checkFinite(tensor([2], Float32Array.of(1, 2)), 'x')).not.toThrow();
});
