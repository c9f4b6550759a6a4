import { positiveInteger } from '@polysem/numerics/checks';
import type { SparseBatch } from '@polysem/core/features';
import { isWeighted, type WeightedBatch } from '@polysem/core/features';

/**
 * The covariance of the products x_i x_j (i <= j) of inputs. The loss of the quadratic model
 * depends on the inputs only through it.
 */
export interface ProductCovariance {
  /** N, the number of features. */
  readonly features: number;
  /**
   * Number of inputs that it was estimated from; null if it is the exact covariance of a
   * distribution.
   */
  readonly rows: number | null;
  /**
   * P x P, row-major, with P = N (N + 1) / 2; the product (i, j) with i <= j has index
   * `productIndex(i, j)`.
   */
  readonly covariance: Float64Array;
}

/** Index of the product of features i <= j. */
export function productIndex(i: number, j: number): number {
  return (j * (j + 1)) / 2 + i;
}

/**
 * Largest number of features whose covariance of products fits into memory: half a gigabyte at 128.
 */
const MOST_FEATURES = 128;

/**
 * Checks that the covariance of products of N features fits into memory.
 *
 * @throws RangeError if N is not a positive integer, or is too large.
 */
export function checkProductCount(features: number): void {
  positiveInteger('features', features);
  if (features > MOST_FEATURES) {
    throw new RangeError(
      `features: the products of ${features} features do not fit into memory; keep the rows (quadraticBatchLoss) beyond ${MOST_FEATURES}`,
    );
  }
}

/** Accumulates the covariance of products of inputs, batch by batch. */
export interface ProductAccumulator {
  /** Adds the rows of a batch. Each row counts by its weight, or as 1 in an unweighted batch. */
  readonly add: (batch: SparseBatch | WeightedBatch) => void;
  /**
   * The covariance over all rows so far.
   *
   * @throws RangeError if there are no rows.
   */
  readonly covariance: () => ProductCovariance;
}

/**
 * Accumulates the covariance of products, O(P^2) numbers, over batches. A row with n active entries
 * costs n^4 / 8.
 *
 * Means are subtracted at the end. If products vary by less than 1e-6 of their size, most digits
 * are therefore lost: centre such features first.
 *
 * @throws RangeError if N is not an integer from 1 to 128; `add` throws if a batch has a
 *   different number of features.
 */
export function productAccumulator(features: number): ProductAccumulator {
  checkProductCount(features);
  const products = (features * (features + 1)) / 2;
  const sum = new Float64Array(products);
  const second = new Float64Array(products * products);
  const where = new Uint32Array(products);
  const product = new Float64Array(products);
  let rows = 0;
  let weight = 0;

  const addRow = (batch: SparseBatch, row: number, rowWeight: number): void => {
    const { rowStarts, indices, values } = batch;
    const end = rowStarts[row + 1];
    let count = 0;
    // Features ascend within a row, and so do the indices of their products.
    for (let j = rowStarts[row]; j < end; j++) {
      for (let i = rowStarts[row]; i <= j; i++) {
        where[count] = productIndex(indices[i], indices[j]);
        product[count++] = values[i] * values[j];
      }
    }
    for (let a = 0; a < count; a++) {
      const factor = rowWeight * product[a];
      sum[where[a]] += factor;
      const line = where[a] * products;
      for (let b = 0; b <= a; b++) second[line + where[b]] += factor * product[b];
    }
  };

  return {
    add: (batch) => {
      if (batch.features !== features) {
        throw new RangeError(`batch: has ${batch.features} features, not ${features}`);
      }
      const weights = isWeighted(batch) ? batch.weights : null;
      for (let row = 0; row < batch.rows; row++) {
        const rowWeight = weights === null ? 1 : weights[row];
        addRow(batch, row, rowWeight);
        weight += rowWeight;
      }
      if (isWeighted(batch)) weight += batch.emptyWeight;
      rows += batch.rows;
    },
    covariance: () => {
      if (weight === 0) throw new RangeError('batches: hold no rows; give at least one');
      const covariance = new Float64Array(products * products);
      for (let a = 0; a < products; a++) {
        for (let b = 0; b <= a; b++) {
          const value = second[a * products + b] / weight - (sum[a] / weight) * (sum[b] / weight);
          covariance[a * products + b] = value;
          covariance[b * products + a] = value;
        }
      }
      return { features, rows, covariance };
    },
  };
}

/**
 * The covariance of products of given inputs: everything that the loss of the quadratic model
 * depends on. Accepts one batch or a sequence of batches, so large data need not be in memory at
 * once.
 *
 * @throws RangeError if there is no batch, batches differ in their number of features, or there
 *   are more than 128 features.
 */
export function productsOf(batches: SparseBatch | Iterable<SparseBatch>): ProductCovariance {
  let collected: ProductAccumulator | undefined;
  for (const batch of 'rowStarts' in batches ? [batches] : batches) {
    collected ??= productAccumulator(batch.features);
    collected.add(batch);
  }
  if (collected === undefined) throw new RangeError('batches: there are none; give at least one');
  return collected.covariance();
}
