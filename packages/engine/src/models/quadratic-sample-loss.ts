import { positiveInteger } from '@polysem/numerics/checks';
import type { DistributedInputs } from '@polysem/core/features';
import { drawInputs } from '@polysem/core/features';
import type { Generator } from '@polysem/numerics/random';
import type { Loss } from './loss.ts';
import { productAccumulator, productIndex, type ProductCovariance } from './product-covariance.ts';
import { checkQuadraticModel, type QuadraticModel } from './toy-model.ts';

export { productIndex, type ProductCovariance };

/**
 * Largest number of features for which the covariance of products, N^4 / 4 numbers, is the cheaper
 * way to store a sample.
 */
export const PRODUCTS_UP_TO = 20;
/** Rows drawn at a time: bounds memory for samples of any size. */
const CHUNK = 1 << 16;

/**
 * Draws a sample and returns the covariance of its products. It has O(P^2) numbers (90,000 for N =
 * 24), so it suits few features. Time is determined by the active entries of the sample.
 *
 * @param g the generator, which advances.
 * @param inputs checked inputs.
 * @param rows the size of the sample.
 * @throws RangeError if `rows` is not a positive integer, or there are more than 128 features.
 */
export function sampleProducts(
  g: Generator,
  inputs: DistributedInputs,
  rows: number,
): ProductCovariance {
  positiveInteger('rows', rows);
  const collected = productAccumulator(inputs.marginals.length);
  for (let done = 0; done < rows; done += CHUNK) {
    const size = Math.min(CHUNK, rows - done);
    collected.add(drawInputs(g, inputs, size));
  }
  return collected.covariance();
}

/**
 * The loss of the quadratic model from the covariance of its inputs' products. For the covariance
 * of a fixed sample it equals `quadraticBatchLoss` on the same rows; for an exact one
 * (`exactProducts`) it is the exact loss. The cost, O(N^4), does not depend on the size of the
 * sample. Parameters: W feature-major, N D numbers.
 *
 * @throws RangeError if the model is malformed or the sample has a different number of features.
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
