import { FormatError, quote } from '../bytes/format-error.ts';
import { notFinite } from '../numbers/not-finite.ts';
import { formatShape } from '../numbers/shape.ts';

/** Numbers and their shape, in C order: the last axis is contiguous. */
export interface NumericArray {
  /** Sizes of the axes; empty for a single number. */
  readonly shape: readonly number[];
  /** One number per element. */
  readonly data: Float64Array | Float32Array;
}

/** A named array from a file. */
export interface Tensor extends NumericArray {
  readonly name: string;
  /** Type of the stored elements, as in the entry. */
  readonly dtype: string;
}

/** Description of a tensor, known without reading the tensor. */
export interface TensorEntry {
  readonly name: string;
  /** Type of its elements: the name of a DType, or the name in the file for other types. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** True if `open` and `read` can return its numbers. */
  readonly readable: boolean;
  /** Reason why it is not readable, if the type does not say so. */
  readonly problem?: string;
  /** The shard that holds it, if the opened file is an index. */
  readonly file?: string;
  /** Offset of its stored bytes in the file. */
  readonly byteOffset: number;
  /** Number of its stored bytes; less than the numbers take if they are compressed. */
  readonly byteLength: number;
}

/**
 * Checks that a tensor holds no NaN or infinity.
 *
 * @throws FormatError that names the tensor, the number of such values, and the first of them.
 */
export function checkFinite(tensor: Tensor, sourceName: string): void {
  const { data, name, shape } = tensor;
  const first = notFinite(data);
  if (first < 0) return;
  let count = 0;
  for (const value of data) if (!Number.isFinite(value)) count += 1;
  throw new FormatError(
    sourceName,
    `tensor ${quote(name)}: ${count} of ${data.length} values are not finite, ` +
      `the first is ${data[first]} at ${formatShape(indexOf(first, shape))}`,
  );
}

function indexOf(element: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = element;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
