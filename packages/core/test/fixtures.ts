import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import type { Loss } from '@polysem/engine/models';
import { normal } from '@polysem/numerics/random';
import { generator } from '@polysem/numerics/random';

/** An embedding of independent standard normal entries. */
export function gaussianEmbedding(dims: number, features: number, seed: number): Embedding {
  const g = generator(seed);
  return embedding(
    dims,
    features,
    Float64Array.from({ length: dims * features }, () => normal(g)),
  );
}

/** Sum of a list. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/**
 * Largest error of a loss's gradient against central differences, relative to 1 plus the gradient's
 * largest entry (weights and losses in these tests are of order 1).
 *
 * Differences are wrong if a kink of the loss lies between their points. Near and far points then
 * give different slopes, and the entry is skipped. NaN if more than half of the entries are
 * skipped; Infinity if the loss or the gradient is not finite.
 */
export function gradientError(loss: Loss, at: Float64Array): number {
  const gradient = new Float64Array(loss.size);
  const scratch = new Float64Array(loss.size);
  loss.evaluate(at, gradient);
  const scale = 1 + Math.max(...gradient.map(Math.abs));
  const h = 1e-4;
  if (!gradient.every(Number.isFinite)) return Infinity;
  let worst = 0;
  let leftOut = 0;
  for (let j = 0; j < loss.size; j++) {
    const moved = at.slice();
    const value = (x: number) => {
      moved[j] = x;
      return loss.evaluate(moved, scratch);
    };
    const near = (value(at[j] + h) - value(at[j] - h)) / (2 * h);
    const far = (value(at[j] + 2 * h) - value(at[j] - 2 * h)) / (4 * h);
    // Exact for a quartic up to rounding: along a line, a loss that is quadratic in products of
    // weights is a quartic.
    const slope = (4 * near - far) / 3;
    if (!Number.isFinite(slope)) return Infinity;
    if (Math.abs(near - far) > 1e-5 * scale) leftOut++;
    else worst = Math.max(worst, Math.abs(slope - gradient[j]) / scale);
  }
  return leftOut * 2 > loss.size ? NaN : worst;
}
