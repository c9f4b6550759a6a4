import type { Precision } from '@polysem/core';
import { fortranToC } from './axis-order.ts';
import { elementCount } from './shape.ts';
import type { Tensor, TensorEntry } from './tensor.ts';

/** A tensor whose numbers can be read in any portions, so that it need never be in memory as a whole. */
export interface TensorReader {
  readonly entry: TensorEntry;
  /** Whether Float32Arrays or Float64Arrays are read: what holds every stored element exactly. */
  readonly precision: Precision;
  /** How the elements follow each other in the file: the last axis is contiguous (C), or the first (F). */
  readonly order: 'C' | 'F';
  /**
   * Reads `count` elements from element `first` on, counted in the order of the file, as numbers that belong to the
   * caller.
   *
   * Rejects with RangeError if the tensor has no such elements, with FormatError if its bytes are damaged.
   */
  readonly read: (first: number, count: number) => Promise<Float32Array | Float64Array>;
}

/** Reads a tensor whole, in C order. Rejects as the reader does. */
export async function readWhole({ entry, order, read }: TensorReader): Promise<Tensor> {
  const { name, shape, dtype } = entry;
  const stored = await read(0, elementCount(shape) ?? Infinity);
  const data = order === 'F' && shape.length > 1 ? fortranToC(stored, shape) : stored;
  return { name, shape, dtype, data };
}

/** Checks that a tensor has the elements that are asked for. @throws RangeError if not. */
export function assertElements(
  { name, shape }: Pick<TensorEntry, 'name' | 'shape'>,
  first: number,
  count: number,
): void {
  const elements = elementCount(shape) ?? 0;
  const valid = Number.isSafeInteger(first) && Number.isSafeInteger(count);
  if (valid && first >= 0 && count >= 0 && first + count <= elements) return;
  throw new RangeError(`${name}: no ${count} elements from ${first} on, it has ${elements}`);
}
