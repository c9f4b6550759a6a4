import type { Precision } from '@polysem/core/embedding';
import { placeFortran } from '../numbers/axis-order.ts';
import { elementCount } from '../numbers/shape.ts';
import type { Tensor, TensorEntry } from './tensor.ts';

/** A tensor that can be read in ranges, so that it need not fit into memory. */
export interface TensorReader {
  readonly entry: TensorEntry;
  /** Type of the arrays that are read: the precision that holds every stored element exactly. */
  readonly precision: Precision;
  /** Order of the elements in the file: last axis fastest (C) or first axis fastest (F). */
  readonly order: 'C' | 'F';
  /**
   * Reads `count` elements from element `first`, counted in the order of the file. The numbers belong to the caller;
   * they may be put into `room` if it is given, with this precision and length `count`.
   *
   * Rejects with RangeError if the range exceeds the tensor, with FormatError if the bytes are damaged.
   */
  readonly read: (
    first: number,
    count: number,
    room?: Float32Array | Float64Array,
  ) => Promise<Float32Array | Float64Array>;
}

/** Elements of an array in Fortran order that are reordered at a time. */
const PORTION = 1 << 16;

/** Reads a whole tensor in C order. Rejects as the reader does. */
export async function readWhole({ entry, precision, order, read }: TensorReader): Promise<Tensor> {
  const { name, shape, dtype } = entry;
  const count = elementCount(shape) ?? Infinity;
  if (order === 'C' || shape.length <= 1) {
    return { name, shape, dtype, data: await read(0, count) };
  }
  const numbers = (length: number): Float32Array | Float64Array =>
    precision === 'float64' ? new Float64Array(length) : new Float32Array(length);
  const data = numbers(count);
  const room = numbers(Math.min(PORTION, count));
  for (let first = 0; first < count; first += PORTION) {
    const length = Math.min(PORTION, count - first);
    // oxlint-disable-next-line no-await-in-loop -- one portion in memory in addition to the whole
    placeFortran(data, shape, first, await read(first, length, room.subarray(0, length)));
  }
  return { name, shape, dtype, data };
}

/**
 * Checks that a range lies within a tensor.
 *
 * @throws RangeError if it does not.
 */
export function checkElements(
  { name, shape }: Pick<TensorEntry, 'name' | 'shape'>,
  first: number,
  count: number,
): void {
  const elements = elementCount(shape) ?? 0;
  const valid = Number.isSafeInteger(first) && Number.isSafeInteger(count);
  if (valid && first >= 0 && count >= 0 && first + count <= elements) return;
  throw new RangeError(`${name}: elements ${first} to ${first + count} exceed its ${elements}`);
}
