import { ln } from '@polysem/numerics/elementary';
import { logChiSquareAbove } from './tail-bounds.ts';
import type { CutProblem, Division } from './division.ts';
import { disjointSets, labelled } from './disjoint-sets.ts';
import { queryShares, type WithQueries } from './vector-queries.ts';

/** Sums that are accumulated in one pass over the features: 32 MB. */
const SUMS_PER_PASS = 2 ** 22;

/**
 * Joins blocks and ignored features whose vectors lie in the span of another block by more than the noise. No single pair of
 * features shows that; all pairs together do.
 *
 * Let P be the projection on the span of block A, of rank r and mean eigenvalue gamma. For a feature j orthogonal to A, the r
 * coordinates of P w_j are noise of variance sigma^2 (1 + n_j / gamma), from the feature and from the span of A. The sum of
 * their squares over the features of a block B is compared with chi-square of r min(N_B, r_B) degrees of freedom, since the
 * error of the span is common to all features of B.
 *
 * @param onlyIgnored whether to join only ignored features to blocks, and not blocks to each other.
 * @returns the groups after one round of joining, in order of first features.
 */
export function* joinByProjection(
  { features, squaredNorm, significance }: CutProblem,
  { blocks, bases, ranks, ignored }: Division,
  sigma: number,
  onlyIgnored: boolean,
): WithQueries<(readonly number[])[]> {
  const groups = [...blocks, ...ignored.map((i) => [i])];
  const own = new Int32Array(features);
  groups.forEach((group, g) => {
    for (const i of group) own[i] = g;
  });
  const limit = ln(significance) - 2 * ln(groups.length);
  const { find, join } = disjointSets(groups.length);
  // For a single feature, projections add nothing to what the links show.
  const several = Array.from(blocks.keys()).filter((a) => blocks[a].length > 1);
  const atOnce = Math.max(1, Math.floor(SUMS_PER_PASS / groups.length));
  for (let first = 0; first < several.length; first += atOnce) {
    const some = several.slice(first, first + atOnce);
    const gammas = some.map((a) =>
      blocks[a].reduce((gamma, i) => gamma + squaredNorm[i] / ranks[a], 0),
    );
    const sums = some.map(() => new Float64Array(groups.length));
    yield* queryShares(
      some.map((a) => ({ vectors: bases[a], rank: ranks[a] })),
      (span, j, share) => {
        sums[span][own[j]] += share / (sigma * sigma * (1 + squaredNorm[j] / gammas[span]));
      },
    );
    some.forEach((a, span) => {
      groups.forEach((group, b) => {
        if (b === a || (onlyIgnored && b < blocks.length)) return;
        const freedom = ranks[a] * Math.min(group.length, ranks[b] ?? 1);
        const ratio = sums[span][b] / (ranks[a] * group.length);
        if (logChiSquareAbove(ratio, freedom) < limit) join(a, b);
      });
    });
  }
  const joined: number[][] = [];
  labelled(groups.length, find).forEach((label, g) => {
    (joined[label] ??= []).push(...groups[g]);
  });
  return joined.map((group) => group.toSorted((i, j) => i - j)).toSorted((x, y) => x[0] - y[0]);
}
