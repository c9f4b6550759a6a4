import { efficientEmbedding, randomTightFrameOf } from '@polysem/core/geometry';
import { frameOperator, type Embedding } from '@polysem/core/embedding';
import {
  generator,
  integerBelow,
  childGenerator,
  uniform,
  type Generator,
} from '@polysem/numerics/random';
import { measureCapacity } from '@polysem/core/capacity';

/** Result of constructing blocks with random capacities. */
export interface TheoremOne {
  readonly draws: number;
  /** Largest difference between a prescribed capacity and the measured one. */
  readonly capacityError: number;
  /** Largest entry of R R^T - I. */
  readonly rowError: number;
}

/**
 * Tests Theorem 1 of arXiv:2210.01892: for any capacities in [0, 1] that sum to an integer there is a semi-orthogonal
 * block. Draws random capacities, N up to 40, and constructs two blocks for each: one by plane rotations, one random.
 */
export function theoremOne(draws: number, seed: number): TheoremOne {
  let capacityError = 0;
  let rowError = 0;
  for (let draw = 0; draw < draws; draw++) {
    const g = childGenerator(childGenerator(generator(seed), 1), draw);
    const features = 2 + integerBelow(g, 39);
    const dims = 1 + integerBelow(g, features - 1);
    const wanted = randomCapacities(features, dims, g);
    for (const r of [
      efficientEmbedding(wanted, wanted, dims),
      randomTightFrameOf(g, wanted, dims),
    ]) {
      const { capacity } = measureCapacity(r);
      wanted.forEach((c, i) => {
        capacityError = Math.max(capacityError, Math.abs(c - capacity[i]));
      });
      rowError = Math.max(rowError, distanceFromIdentity(r));
    }
  }
  return { draws, capacityError, rowError };
}

/** Uniform numbers scaled towards 0, or towards 1, so that they sum to `sum` and stay in [0, 1]. */
function randomCapacities(features: number, sum: number, g: Generator): number[] {
  const drawn = Array.from({ length: features }, () => uniform(g));
  const total = drawn.reduce((a, b) => a + b, 0);
  return total > sum
    ? drawn.map((c) => (c * sum) / total)
    : drawn.map((c) => 1 - ((1 - c) * (features - sum)) / (features - total));
}

function distanceFromIdentity(r: Embedding): number {
  return frameOperator(r).reduce((largest, s, at) => {
    const isDiagonal = at % (r.dims + 1) === 0;
    return Math.max(largest, Math.abs(s - Number(isDiagonal)));
  }, 0);
}
