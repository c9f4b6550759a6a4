import type { FeatureDistribution } from '../features/distribution.ts';
import { sampleSparse, type SparseBatch } from '../features/sparse.ts';
import type { Generator } from '../random/generator.ts';
import type { Loss } from './loss.ts';
import { checkQuadraticModel, type QuadraticModel } from './toy-model.ts';

/** The products x_i x_j (i <= j) of a sample of inputs, by their covariance: all that the quadratic model sees of it. */
export interface ProductCovariance {
  /** N, the number of features. */
  readonly features: number;
  /** How many inputs were drawn. */
  readonly rows: number;
  /** P x P, row-major, P = N (N + 1) / 2; product (i, j) with i <= j stands at `productIndex(i, j)`. */
  readonly covariance: Float64Array;
}

/** Where the product of features i <= j stands. */
export function productIndex(i: number, j: number): number {
  return (j * (j + 1)) / 2 + i;
}

/** Up to so many features the covariance of products, N^4 / 4 numbers, is the cheaper way to keep a sample. */
export const PRODUCTS_UP_TO = 20;
/** Beyond so many it would not fit: 128 features need half a gigabyte. */
const MOST_FEATURES = 128;

/** Rows drawn at a time: bounds memory, whatever the size of the sample. */
const CHUNK = 1 << 16;

/**
 * Draws a sample and keeps the covariance of its products. O(P^2) numbers, so for few features (N = 24 gives
 * 90,000); time follows the active entries of the sample.
 *
 * @param distributions one for all features, or one a feature.
 * @throws RangeError if a size is not a positive integer, or there are more than 128 features.
 */
export function sampleProducts(
  distributions: FeatureDistribution | readonly FeatureDistribution[],
  features: number,
  rows: number,
  g: Generator,
): ProductCovariance {
  if (!Number.isInteger(rows) || rows < 1) {
    throw new RangeError(`rows: must be a positive integer, got ${rows}`);
  }
  if (features > MOST_FEATURES) {
    throw new RangeError(
      `features: the products of ${features} features do not fit into memory; keep the rows (quadraticBatchLoss) beyond ${MOST_FEATURES}`,
    );
  }
  const products = (features * (features + 1)) / 2;
  const sum = new Float64Array(products);
  const second = new Float64Array(products * products);
  for (let done = 0; done < rows; done += CHUNK) {
    accumulate(sampleSparse(distributions, features, Math.min(CHUNK, rows - done), g), sum, second);
  }
  const covariance = new Float64Array(products * products);
  for (let a = 0; a < products; a++) {
    for (let b = 0; b <= a; b++) {
      const value = second[a * products + b] / rows - (sum[a] / rows) * (sum[b] / rows);
      covariance[a * products + b] = value;
      covariance[b * products + a] = value;
    }
  }
  return { features, rows, covariance };
}

function accumulate(batch: SparseBatch, sum: Float64Array, second: Float64Array): void {
  const { rowStarts, indices, values } = batch;
  const products = sum.length;
  const where = new Uint32Array(products);
  const product = new Float64Array(products);
  for (let row = 0; row < batch.rows; row++) {
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
      sum[where[a]] += product[a];
      const line = where[a] * products;
      const factor = product[a];
      for (let b = 0; b <= a; b++) second[line + where[b]] += factor * product[b];
    }
  }
}

/**
 * The loss of the quadratic model on a fixed sample, from the covariance of the sample's products: the same number as
 * `quadraticBatchLoss` on the same rows, at a cost, O(N^4), that does not depend on the size of the sample.
 * Parameters: W feature-major, N D numbers.
 *
 * @throws RangeError if the model is malformed or the sample has another number of features.
 */
export function quadraticSampleLoss(model: QuadraticModel, sample: ProductCovariance): Loss {
  checkQuadraticModel(model);
  const { features, dims, importance } = model;
  if (sample.features !== features) {
    throw new RangeError(`sample: has ${sample.features} features, the model ${features}`);
  }
  const { covariance } = sample;
  const products = (features * (features + 1)) / 2;
  const error = new Float64Array(products);
  const pull = new Float64Array(products);

  const evaluate = (w: Float64Array, gradient: Float64Array): number => {
    for (let j = 0; j < features; j++) {
      for (let i = 0; i <= j; i++) {
        let dot = 0;
        for (let d = 0; d < dims; d++) dot += w[i * dims + d] * w[j * dims + d];
        error[productIndex(i, j)] = i === j ? importance[i] - dot : -2 * dot;
      }
    }
    let loss = 0;
    for (let a = 0; a < products; a++) {
      let dot = 0;
      for (let b = 0; b < products; b++) dot += covariance[a * products + b] * error[b];
      pull[a] = dot;
      loss += error[a] * dot;
    }
    gradient.fill(0);
    for (let j = 0; j < features; j++) {
      for (let i = 0; i <= j; i++) {
        const factor = -4 * pull[productIndex(i, j)];
        for (let d = 0; d < dims; d++) {
          gradient[i * dims + d] += factor * w[j * dims + d];
          if (i !== j) gradient[j * dims + d] += factor * w[i * dims + d];
        }
      }
    }
    return Math.max(0, loss);
  };
  return { size: features * dims, evaluate };
}
