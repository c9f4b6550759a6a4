import { describe, expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { divisionOf, type CutProblem, type Division } from '../src/geometry/division.ts';
import { joinByProjection } from '../src/geometry/join-blocks.ts';
import { answerFromEmbedding } from '../src/geometry/vector-queries.ts';
import { crossSums } from '../src/geometry/cross-sums.ts';
import { linkTree } from '../src/geometry/link-tree.ts';

const SIGMA = 0.01;
const SIGNIFICANCE = 1e-3;

/** Vectors in 6 dimensions, given by their entries that are not zero. */
function vectorsOf(entries: readonly Record<number, number>[]): Embedding {
  const w = embedding(6, entries.length);
  entries.forEach((vector, i) => {
    for (const [d, x] of Object.entries(vector)) w.data[6 * i + Number(d)] = x;
  });
  return w;
}

function problemOf(w: Embedding): CutProblem {
  const squaredNorm = Float64Array.from({ length: w.features }, (_, i) =>
    Array.from(w.data.subarray(6 * i, 6 * i + 6)).reduce((sum, x) => sum + x * x, 0),
  );
  const tree = linkTree(w, squaredNorm);
  const cross = crossSums(tree, squaredNorm);
  const [dims, features] = [6, w.features];
  return {
    dims,
    features,
    squaredNorm,
    tree,
    cross,
    rank: 6,
    leastSigma: 1e-15,
    significance: SIGNIFICANCE,
  };
}

/** Groups after one round of joining. */
function joined(
  w: Embedding,
  groups: readonly (readonly number[])[],
  onlyIgnored = false,
  ignored: readonly number[] = [],
): (readonly number[])[] {
  const problem = problemOf(w);
  const division: Division = answerFromEmbedding(w, divisionOf(problem, groups, SIGMA));
  const own = { ...division, ignored };
  return answerFromEmbedding(w, joinByProjection(problem, own, SIGMA, onlyIgnored));
}

/** The largest x for which a predicate is false. */
function threshold(holds: (x: number) => boolean): number {
  let [low, high] = [0, 1];
  while (high - low > 1e-13) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return low;
}

/** ln of Chernoff's bound on the tail of chi-square over its degrees of freedom. */
const chernoff = (ratio: number, freedom: number): number =>
  (-freedom / 2) * (ratio - 1 - Math.log(ratio));

// A triangle-like block in the first two dimensions, of gamma 3/2, and a pair along the third.
const triangle = [{ 0: 1 }, { 0: -0.5, 1: Math.sqrt(0.75) }, { 0: -0.5, 1: -Math.sqrt(0.75) }];

describe('joining blocks by projections', () => {
  it('joins an ignored feature whose projection on the span of a block is beyond noise', () => {
    const at = (x: number) => vectorsOf([...triangle, { 2: 1 }, { 2: -1 }, { 0: x, 4: 0.5 }]);
    const groups = [
      [0, 1, 2],
      [3, 4],
    ];
    const isJoined = (x: number): boolean => joined(at(x), groups, true, [5]).length === 2;
    const edge = threshold(isJoined);
    // Two coordinates, with the variance sigma^2 (1 + n / gamma) of noise in the feature and in the span.
    const ratio = edge ** 2 / (SIGMA ** 2 * (1 + (0.25 + edge ** 2) / 1.5)) / 2;
    // One of nine comparisons of three groups.
    expect(chernoff(ratio, 2)).toBeCloseTo(Math.log(SIGNIFICANCE / 9), 6);
    expect(joined(at(edge * 1.001), groups, true, [5])).toEqual([
      [0, 1, 2, 5],
      [3, 4],
    ]);
    expect(joined(at(edge * 0.999), groups, true, [5])).toEqual([[0, 1, 2], [3, 4], [5]]);
  });

  it('joins blocks whose features together have projections beyond noise, unless only ignored ones are joined', () => {
    // A pair whose first vector leans out of its line, and so does its second.
    const at = (x: number) => vectorsOf([{ 2: 1, 0: x }, ...triangle, { 2: -1, 0: -x }]);
    const groups = [
      [0, 4],
      [1, 2, 3],
    ];
    const edge = threshold((x) => joined(at(x), groups).length === 1);
    // The sum over both vectors has r_A min(N_B, r_B) = 2 degrees of freedom, since its errors are common. Either way round:
    // the triangle has 1 min(3, 2) = 2, and its projections on the direction of the pair are 3/2 x^2 / (1 + x^2).
    const norm = 1 + edge ** 2;
    const onTriangle = (2 * edge ** 2) / (SIGMA ** 2 * (1 + norm / 1.5)) / 4;
    const onPair = (1.5 * edge ** 2) / norm / (SIGMA ** 2 * (1 + 1 / (2 * norm))) / 3;
    const best = Math.min(chernoff(onTriangle, 2), chernoff(onPair, 2));
    expect(best).toBeCloseTo(Math.log(SIGNIFICANCE / 4), 6);
    expect(joined(at(edge * 1.001), groups)).toEqual([[0, 1, 2, 3, 4]]);
    expect(joined(at(edge * 1.001), groups, true)).toEqual(groups);
  });

  it('leaves single features to their links', () => {
    const w = vectorsOf([{ 0: 1 }, { 0: 0.6, 1: 0.8 }]);
    expect(joined(w, [[0], [1]])).toEqual([[0], [1]]);
  });

  it('orders groups by their first features', () => {
    const w = vectorsOf([{ 3: 1 }, { 2: 1 }, ...triangle, { 0: 0.5, 4: 0.1 }, { 2: -1 }]);
    expect(joined(w, [[1, 6], [2, 3, 4], [0]], true, [5])).toEqual([[0], [1, 6], [2, 3, 4, 5]]);
  });
});
