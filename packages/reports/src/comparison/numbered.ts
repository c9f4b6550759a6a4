import type { ComparedMatrices } from '@polysem/runs/compare';

/** Numbers of the features of a side in its file; an index of -1 stays. */
export function fileNumbers(
  { skipped = [] }: ComparedMatrices['a'],
  features: number,
): (indices: Int32Array) => Int32Array {
  if (skipped.length === 0) return (indices) => indices;
  const left = new Set(skipped);
  const numbers: number[] = [];
  for (let i = 0; numbers.length < features; i++) if (!left.has(i)) numbers.push(i);
  return (indices) => indices.map((i) => (i < 0 ? i : numbers[i]));
}

/** Values by index; NaN, an empty cell of a table, for an index of -1. */
export function valuesAt(values: Float64Array, indices: Int32Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(indices, (i) => (i < 0 ? NaN : values[i]));
}
