import { generator, uniform } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { allocateQuadratic } from '../src/theory/allocate-quadratic.ts';
import { capacityAtPrice, featureLoss } from '../src/theory/quadratic.ts';
import type { QuadraticProblem } from '../src/theory/quadratic-problem.ts';
import { sum } from './fixtures.ts';
import { bestOnGrid } from './problems.ts';

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

/** The price with the largest bound. */
function bestPrice(problem: Parameters<typeof dual>[0]): number {
  let [low, high] = [0, 1e3];
  for (let round = 0; round < 200; round++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (dual(problem, a) < dual(problem, b)) low = a;
    else high = b;
  }
  return (low + high) / 2;
}

/** Random features below and above kurtosis 3, some of them equal. */
function mixedProblem(seed: number) {
  const g = generator(seed);
  const features = 3 + Math.floor(8 * uniform(g));
  const importance = Array.from({ length: features }, () => 0.3 + 2 * uniform(g));
  const kurtosis = Array.from({ length: features }, () =>
    uniform(g) < 0.5 ? 1.2 + 1.75 * uniform(g) : 3.5 + 8 * uniform(g),
  );
  if (seed % 3 === 0) importance.fill(1);
  if (seed % 2 === 0) {
    kurtosis[0] = 2 + uniform(g);
    importance[features - 1] = importance[0];
    kurtosis[features - 1] = kurtosis[0];
  }
  return { importance, kurtosis, dims: 1 + Math.floor((features - 1) * uniform(g)) };
}

/**
 * Number of pairs of a feature below kurtosis 3 and a piece of the demand of the others on which it could be partial. Pieces
 * end where one of the others changes phase; all lie where their demand is within 1 of that at the best price.
 */
function pairsToTry(problem: Parameters<typeof dual>[0], price: number): number {
  const { importance, kurtosis } = problem;
  const all = importance.map((v, i) => ({ v, k: kurtosis[i] }));
  const convex = all.filter(({ k }) => k > 3);
  const demand = (u: number): number =>
    sum(convex.map(({ v, k }) => capacityAtPrice(v, k, 2 / (u * u))));
  const budget = demand(Math.sqrt(2 / price));
  // The ends of the window, first and last u with a demand.
  const points = convex.flatMap(({ v, k }) => [2 / ((k - 1) * v), 1 / v]);
  const at = (wanted: number): number => {
    let [low, high] = [Math.min(...points), Math.max(...points)];
    for (let round = 0; round < 200; round++) {
      const middle = (low + high) / 2;
      if (demand(middle) < wanted) low = middle;
      else high = middle;
    }
    return high;
  };
  const lowest = budget <= 1 ? Math.min(...points) : at(budget - 1);
  const highest = at(Math.min(convex.length, budget + 1));
  const inside = [...new Set(points)].filter((u) => u > lowest && u < highest);
  const ends = [lowest, ...inside.toSorted((a, b) => a - b), highest];
  const pieces = ends.slice(1).map((to, k) => ({ from: ends[k], to }));
  const slopeOn = ({ from, to }: { from: number; to: number }): number =>
    (demand(to) - demand(from)) / (to - from);
  const least = Math.min(...pieces.map(slopeOn).filter((slope) => slope > 1e-9));
  const concave = new Map(all.filter(({ k }) => k < 3).map((one) => [`${one.v} ${one.k}`, one]));
  return sum(
    [...concave.values()]
      .filter(({ v, k }) => ((k - 1) * v) / (3 - k) > least)
      .map(({ v, k }) => pieces.filter((p) => p.to > 1 / v && p.from < 2 / ((k - 1) * v)).length),
  );
}

it('gives the largest bound of all prices where not every candidate was compared', () => {
  let unfinished = 0;
  for (let seed = 0; seed < 300; seed++) {
    const problem = mixedProblem(seed);
    const { loss, bound, gap } = allocateQuadratic(problem, { effort: 0 });
    const exact = allocateQuadratic(problem);
    expect(exact.gap).toBe(0);
    expect(gap).toBeCloseTo((loss - bound) / loss, 12);
    const largest = dual(problem, bestPrice(problem));
    // The bound of the best price is below the optimum, which is below any allocation.
    expect(largest).toBeLessThanOrEqual(exact.loss * (1 + 1e-9));
    expect(exact.loss).toBeLessThanOrEqual(loss * (1 + 1e-12));
    if (gap === 0) continue;
    unfinished++;
    expect(bound / largest).toBeCloseTo(1, 9);
  }
  expect(unfinished).toBeGreaterThan(40);
});

it('compares each feature with each piece on which it could be partial, once', () => {
  let searched = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const problem = mixedProblem(seed);
    if (allocateQuadratic(problem, { effort: 0 }).gap === 0) continue;
    const pairs = pairsToTry(problem, bestPrice(problem));
    expect(pairs, `${seed}`).toBeGreaterThan(0);
    expect(allocateQuadratic(problem, { effort: pairs }).gap, `${seed}`).toBe(0);
    expect(allocateQuadratic(problem, { effort: pairs - 1 }).gap, `${seed}`).toBeGreaterThan(0);
    searched++;
  }
  expect(searched).toBeGreaterThan(40);
});

/** Problems whose partial feature below kurtosis 3 saves more than some of the full ones. */
const AMONG_FULL = [
  {
    importance: [2, 2, 3, 4, 1, 3, 2],
    kurtosis: [13.5, 2.985, 4.21, 1.08, 5.4, 1.51, 4.68],
    dims: 5,
  },
  {
    importance: [0.65, 1.38, 0.41, 1.05, 1.68, 2.16, 2.31, 2.03],
    kurtosis: [4.53, 2.16, 4.47, 2.77, 1.6, 17.8, 1.65, 4.19],
    dims: 6,
  },
];

it('gives each feature the same capacity in any order of the features', () => {
  const some = Array.from({ length: 120 }, (_, seed) => mixedProblem(seed));
  for (const { importance, kurtosis, dims } of [...AMONG_FULL, ...some]) {
    const plain = allocateQuadratic({ importance, kurtosis, dims });
    if (plain.degenerate) continue;
    for (let first = 1; first < importance.length; first++) {
      const turned = (list: readonly number[]): number[] => [
        ...list.slice(first),
        ...list.slice(0, first),
      ];
      const other = allocateQuadratic({
        importance: turned(importance),
        kurtosis: turned(kurtosis),
        dims,
      });
      const expected = turned([...plain.capacity]);
      const off = expected.map((c, i) => Math.abs(c - other.capacity[i]));
      expect(Math.max(...off)).toBeLessThan(1e-9);
      expect(other.price / plain.price).toBeCloseTo(1, 9);
      expect(other.degenerate).toBe(false);
    }
  }
});

it('is the best on a grid among features below, at, just above and far above kurtosis 3', () => {
  for (let seed = 0; seed < 400; seed++) {
    const g = generator(seed);
    const features = 4 + Math.floor(4 * uniform(g));
    const importance = Array.from({ length: features }, () => 0.5 + uniform(g));
    const kurtosis = Array.from({ length: features }, () => {
      const kind = uniform(g);
      if (kind < 0.2) return 3;
      if (kind < 0.4) return 3.001 + 0.01 * uniform(g);
      return kind < 0.7 ? 1.5 + 1.45 * uniform(g) : 3.2 + 6 * uniform(g);
    });
    const dims = 1 + Math.floor((features - 1) * uniform(g));
    const { loss, gap, capacity } = allocateQuadratic({ importance, kurtosis, dims });
    expect(gap).toBe(0);
    expect(sum(capacity)).toBeCloseTo(dims, 10);
    expect(loss, `${seed}`).toBeLessThanOrEqual(
      bestOnGrid(importance, kurtosis, dims, 24) * (1 + 1e-12),
    );
  }
});

it.each([
  {
    importance: [1.124, 1.23, 0.814, 0.816, 0.715, 0.954, 1.119],
    kurtosis: [2.7546, 5.2022, 2.5061, 3.01, 4.13, 2.8786, 3.0042],
    dims: 4,
  },
  {
    importance: [1.282, 0.77, 1.146, 1.061, 1.125],
    kurtosis: [2.5143, 3.9236, 3.2719, 2.7111, 3.007],
    dims: 4,
  },
])(
  'counts features that become partial before one just above kurtosis 3 is full: $dims dimensions',
  ({ importance, kurtosis, dims }) => {
    const { loss } = allocateQuadratic({ importance, kurtosis, dims });
    const grid = bestOnGrid(importance, kurtosis, dims, 24);
    expect(loss).toBeLessThanOrEqual(grid * (1 + 1e-12));
    expect(loss).toBeGreaterThan(0.98 * grid);
  },
);

it('is degenerate where one of two equal features gets more, and only there', () => {
  const seen = new Set<boolean>();
  for (let seed = 0; seed < 400; seed += 2) {
    const { importance, kurtosis, dims } = mixedProblem(seed);
    const { capacity, degenerate } = allocateQuadratic({ importance, kurtosis, dims });
    const isUneven = Math.abs(capacity[0] - capacity[importance.length - 1]) > 1e-9;
    expect(degenerate, `${seed}`).toBe(isUneven);
    seen.add(isUneven);
  }
  for (let seed = 1; seed < 200; seed += 2)
    expect(allocateQuadratic(mixedProblem(seed)).degenerate).toBe(false);
  expect(seen.size).toBe(2);
});
