import { inInterval, positiveInteger } from '@polysem/numerics/checks';
import { batchOf } from './batch-of.ts';
import type { FeatureInputs } from './correlation.ts';
import { sha256OfNumbers } from './sha256.ts';
import type { SparseBatch } from './sparse-batch.ts';

/** A data matrix given by the user; its rows are inputs. */
export interface DataSet {
  /** All rows as a sparse batch, in shared memory if available, so that threads need no copies. */
  readonly batch: SparseBatch;
  /** SHA-256 of the numbers as row-major little-endian float64, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Inputs that are the rows of a data matrix, all equally likely. Plain data: it identifies the
 * numbers but does not contain them.
 */
export interface DataInputs {
  readonly kind: 'data';
  readonly rows: number;
  readonly features: number;
  /** See {@link DataSet}. */
  readonly sha256: string;
  /**
   * Fraction of rows held out for evaluation, chosen by the seed (0: evaluate on the training
   * rows).
   */
  readonly heldOut: number;
}

/**
 * Makes a data set of a matrix.
 *
 * @param matrix rows x N numbers, row-major.
 * @param rows the number of rows.
 * @param features N, the number of features.
 * @returns the data set.
 * @throws RangeError if the matrix does not have rows x N numbers, or one of them is not finite.
 *
 * @example
 * ```js
 * import { dataSet } from 'polysem/features';
 * dataSet(Float64Array.of(0, 2, 3, 0), 2, 2).batch.values; // [2, 3]
 * ```
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

/**
 * The inputs that are the rows of a data matrix.
 *
 * @param data the data matrix.
 * @param heldOut fraction of rows to hold out for evaluation, in [0, 1).
 * @returns the inputs, as a spec has them.
 *
 * @example
 * ```js
 * import { dataInputs, dataSet } from 'polysem/features';
 * const data = dataSet(Float64Array.of(0, 2, 3, 0), 2, 2);
 * dataInputs(data, 0.5).heldOut; // 0.5
 * ```
 */
export function dataInputs({ batch, sha256 }: DataSet, heldOut: number): DataInputs {
  return { kind: 'data', rows: batch.rows, features: batch.features, sha256, heldOut };
}

/**
 * True if inputs are the rows of a data matrix.
 *
 * @param inputs inputs as a spec has them.
 * @returns true for an object with `kind: 'data'`.
 *
 * @example
 * ```js
 * import { isDataInputs } from 'polysem/features';
 * isDataInputs({ shape: 'uniform', density: 0.1, unitVariance: true }); // false
 * ```
 */
export function isDataInputs(inputs: FeatureInputs | DataInputs): inputs is DataInputs {
  return 'kind' in inputs && inputs.kind === 'data';
}

/**
 * Checks that data inputs are valid and fit a model.
 *
 * @param inputs the inputs.
 * @param features N, the number of features of the model.
 * @throws RangeError with the field, its value and the remedy.
 */
export function checkDataInputs(inputs: DataInputs, features: number): void {
  const { rows, sha256, heldOut } = inputs;
  positiveInteger('rows', rows);
  if (inputs.features !== features) {
    throw new RangeError(
      `inputs: the data have ${inputs.features} features, the model ${features}; give the model as many`,
    );
  }
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new RangeError(`inputs: sha256 must be 64 hexadecimal digits, got ${sha256}`);
  }
  inInterval('heldOut', heldOut, 0, 1, '[)');
  if (heldOutRows(inputs) >= rows) {
    throw new RangeError(
      `heldOut: ${heldOut} of ${rows} rows leaves none to train on; use fewer, or 0 to evaluate on the training rows`,
    );
  }
}

/**
 * Checks that a data matrix is the one that the inputs name, and returns it.
 *
 * @throws RangeError if it is a different one, or missing.
 */
export function checkDataSet(
  { rows, features, sha256 }: DataInputs,
  data: DataSet | undefined,
): DataSet {
  if (data === undefined) {
    throw new RangeError(
      `data: are missing; pass the ${rows} x ${features} numbers that the spec names along with it`,
    );
  }
  const { batch } = data;
  if (data.sha256 === sha256 && batch.rows === rows && batch.features === features) return data;
  throw new RangeError(
    `data: the spec names ${rows} x ${features} numbers of SHA-256 ${sha256.slice(0, 12)}.., got ${batch.rows} x ${batch.features} of ${data.sha256.slice(0, 12)}..`,
  );
}

/**
 * Number of held-out rows: the fraction of all rows, rounded, but at least one if the fraction is
 * above 0.
 *
 * @param inputs number of rows and fraction held out.
 * @returns the number of rows.
 *
 * @example
 * ```js
 * import { heldOutRows } from 'polysem/features';
 * heldOutRows({ rows: 100, heldOut: 0.25 }); // 25
 * heldOutRows({ rows: 100, heldOut: 0.001 }); // 1
 * ```
 */
export function heldOutRows({ rows, heldOut }: Pick<DataInputs, 'rows' | 'heldOut'>): number {
  return heldOut === 0 ? 0 : Math.max(1, Math.round(rows * heldOut));
}

function shared<T extends Uint32Array | Float64Array>(
  kind: { new (buffer: ArrayBufferLike): T; readonly BYTES_PER_ELEMENT: number },
  values: T,
): T {
  // Web pages without cross-origin isolation do not have it.
  if (typeof SharedArrayBuffer === 'undefined') return values;
  const copy = new kind(new SharedArrayBuffer(values.length * kind.BYTES_PER_ELEMENT));
  copy.set(values);
  return copy;
}
