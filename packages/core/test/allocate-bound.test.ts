import { generator, uniform } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { allocateQuadratic } from '../src/theory/allocate-quadratic.ts';
import { capacityAtPrice, featureLoss } from '../src/theory/quadratic.ts';
import type { QuadraticProblem } from '../src/theory/quadratic-problem.ts';
import { sum } from './fixtures.ts';

/** Least value of loss + price (sum of capacities - D): a lower bound on every loss, concave in the price. */
function dual(
  { importance, kurtosis, dims }: QuadraticProblem & { kurtosis: number[]; importance: number[] },
  price: number,
): number {
  const own = importance.map((v, i) => {
    const inside = capacityAtPrice(v, kurtosis[i], price);
    return Math.min(...[0, inside, 1].map((c) => featureLoss(v, kurtosis[i], c) + price * c));
  });
  return sum(own) - price * dims;
}

function bestDual(problem: Parameters<typeof dual>[0]): number {
  let [low, high] = [0, 1e3];
  for (let round = 0; round < 200; round++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (dual(problem, a) < dual(problem, b)) low = a;
    else high = b;
  }
  return dual(problem, (low + high) / 2);
}

it('gives the largest bound of all prices where not every candidate was compared', () => {
  let unfinished = 0;
  for (let seed = 0; seed < 200; seed++) {
    const g = generator(seed);
    const features = 3 + Math.floor(8 * uniform(g));
    const importance = Array.from({ length: features }, () => 0.3 + 2 * uniform(g));
    const kurtosis = Array.from({ length: features }, () =>
      uniform(g) < 0.5 ? 1.2 + 1.75 * uniform(g) : 3.5 + 8 * uniform(g),
    );
    const problem = { importance, kurtosis, dims: 1 + Math.floor((features - 1) * uniform(g)) };
    const { loss, bound, gap } = allocateQuadratic(problem, { effort: 0 });
    const exact = allocateQuadratic(problem);
    expect(exact.gap).toBe(0);
    expect(gap).toBeCloseTo((loss - bound) / loss, 12);
    const largest = bestDual(problem);
    // The bound of the best price is below the optimum, which is below any allocation.
    expect(largest).toBeLessThanOrEqual(exact.loss * (1 + 1e-9));
    expect(exact.loss).toBeLessThanOrEqual(loss * (1 + 1e-12));
    if (gap === 0) continue;
    unfinished++;
    expect(bound / largest).toBeCloseTo(1, 9);
  }
  expect(unfinished).toBeGreaterThan(40);
});
