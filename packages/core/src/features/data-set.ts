import { batchOf } from './batch-of.ts';
import type { FeatureInputs } from './correlation.ts';
import { sha256OfNumbers } from './sha256.ts';
import type { SparseBatch } from './sparse.ts';

/** A data matrix that somebody brought: its rows are inputs. */
export interface DataSet {
  /** All rows, by their active entries; in shared memory where there is such, so that threads need no copies. */
  readonly batch: SparseBatch;
  /** The SHA-256 of the numbers, row-major, as little-endian float64; in hexadecimal. */
  readonly sha256: string;
}

/** Inputs that are the rows of a data matrix, all equally likely. Plain data: it names the numbers and does not hold them. */
export interface DataInputs {
  readonly kind: 'data';
  readonly rows: number;
  readonly features: number;
  /** See {@link DataSet}. */
  readonly sha256: string;
  /**
   * The fraction of rows, drawn by the seed, that training does not see and runs are judged by; at 0 the rows trained on
   * judge too.
   */
  readonly heldOut: number;
}

/**
 * Takes a data matrix in.
 *
 * @param matrix rows x N numbers, row-major.
 * @throws RangeError if the numbers are not rows x N, or one of them is not finite.
 */
export function dataSet(
  matrix: Float64Array | Float32Array,
  rows: number,
  features: number,
): DataSet {
  const batch = batchOf(matrix, rows, features);
  return {
    batch: {
      rows,
      features,
      rowStarts: shared(Uint32Array, batch.rowStarts),
      indices: shared(Uint32Array, batch.indices),
      values: shared(Float64Array, batch.values),
    },
    sha256: sha256OfNumbers(matrix),
  };
}

/** The inputs that are the rows of a data matrix, some of them held out. */
export function dataInputs({ batch, sha256 }: DataSet, heldOut: number): DataInputs {
  return { kind: 'data', rows: batch.rows, features: batch.features, sha256, heldOut };
}

/** Whether inputs are the rows of a data matrix. */
export function isDataInputs(inputs: FeatureInputs | DataInputs): inputs is DataInputs {
  return 'kind' in inputs && inputs.kind === 'data';
}

/** How many rows are held out: the nearest number to the fraction, at least one where it is above 0. */
export function heldOutRows({ rows, heldOut }: Pick<DataInputs, 'rows' | 'heldOut'>): number {
  return heldOut === 0 ? 0 : Math.max(1, Math.round(rows * heldOut));
}

function shared<T extends Uint32Array | Float64Array>(
  kind: { new (buffer: ArrayBufferLike): T; readonly BYTES_PER_ELEMENT: number },
  values: T,
): T {
  // Pages without cross-origin isolation have none.
  if (typeof SharedArrayBuffer === 'undefined') return values;
  const copy = new kind(new SharedArrayBuffer(values.length * kind.BYTES_PER_ELEMENT));
  copy.set(values);
  return copy;
}
