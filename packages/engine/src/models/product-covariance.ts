import { positiveInteger } from '@polysem/numerics/checks';
import type { SparseBatch } from '@polysem/core/features';
import { isWeighted, type WeightedBatch } from '@polysem/core/features';

/** The products x_i x_j (i <= j) of inputs, by their covariance: all that the quadratic model sees of the inputs. */
export interface ProductCovariance {
  /** N, the number of features. */
  readonly features: number;
  /** How many inputs it was estimated from; null where it is the exact one of a distribution. */
  readonly rows: number | null;
  /** P x P, row-major, P = N (N + 1) / 2; product (i, j) with i <= j stands at `productIndex(i, j)`. */
  readonly covariance: Float64Array;
}

/** Where the product of features i <= j stands. */
export function productIndex(i: number, j: number): number {
  return (j * (j + 1)) / 2 + i;
}

/** Beyond so many features the products would not fit: 128 features need half a gigabyte. */
const MOST_FEATURES = 128;

/** @throws RangeError if N is not a positive integer, or so large that the products would not fit into memory. */
export function checkProductCount(features: number): void {
  positiveInteger('features', features);
  if (features > MOST_FEATURES) {
    throw new RangeError(
      `features: the products of ${features} features do not fit into memory; keep the rows (quadraticBatchLoss) beyond ${MOST_FEATURES}`,
    );
  }
}

/** The covariance of products of inputs that come batch by batch. */
export interface ProductAccumulator {
  /** Adds the rows of a batch. Weighted rows count by their weight, others 1 each. */
  readonly add: (batch: SparseBatch | WeightedBatch) => void;
  /** The covariance of all rows so far. @throws RangeError if there are none. */
  readonly covariance: () => ProductCovariance;
}

/**
 * Collects the covariance of products, O(P^2) numbers, from batches as they come; a row costs the fourth power of its
 * active entries / 8.
 *
 * Means are taken off at the end, so that of data whose products vary by less than 1e-6 of their size most digits are lost:
 * centre such features first.
 *
 * @throws RangeError if N is not an integer from 1 to 128; `add` does if a batch has another number of features.
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
    // Features ascend within a row, and so do the places of their products.
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
 * The covariance of products of given inputs, all that the quadratic model sees of a data set: one batch, or batches
 * that come one after the other, so that large data need not be in memory at once.
 *
 * @throws RangeError if there is no batch, batches differ in their number of features, or there are more than 128.
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
