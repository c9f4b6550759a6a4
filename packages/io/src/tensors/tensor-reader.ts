import type { Precision } from '@polysem/core/embedding';
import { placeFortran } from '../numbers/axis-order.ts';
import { elementCount } from '../numbers/shape.ts';
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
   * caller. Where `room` is given, of this precision and length `count`, they may be put there.
   *
   * Rejects with RangeError if the tensor has no such elements, with FormatError if its bytes are damaged.
   */
  readonly read: (
    first: number,
    count: number,
    room?: Float32Array | Float64Array,
  ) => Promise<Float32Array | Float64Array>;
}

/** Elements of an array in Fortran order that are put in their place at a time. */
const PORTION = 1 << 16;

/** Reads a tensor whole, in C order. Rejects as the reader does. */
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
    // oxlint-disable-next-line no-await-in-loop -- one portion in memory beside the whole
    placeFortran(data, shape, first, await read(first, length, room.subarray(0, length)));
  }
  return { name, shape, dtype, data };
}

/** Checks that a tensor has the elements that are asked for. @throws RangeError if not. */
export function checkElements(
  { name, shape }: Pick<TensorEntry, 'name' | 'shape'>,
  first: number,
  count: number,
): void {
  const elements = elementCount(shape) ?? 0;
  const valid = Number.isSafeInteger(first) && Number.isSafeInteger(count);
  if (valid && first >= 0 && count >= 0 && first + count <= elements) return;
  throw new RangeError(`${name}: no ${count} elements from ${first} on, it has ${elements}`);
}
