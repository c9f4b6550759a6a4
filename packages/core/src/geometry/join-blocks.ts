import { ln } from '@polysem/numerics/elementary';
import { logChiSquareAbove } from './chance.ts';
import type { CutProblem, Division } from './division.ts';
import { disjointSets, labelled } from './disjoint-sets.ts';
import { askShares, type Asking } from './questions.ts';

/** Numbers that are summed in one reading of the features: 32 MB. */
const SUMS_AT_ONCE = 2 ** 22;

/**
 * Joins blocks, lone and ignored features whose vectors lie in the span of another block by more than noise, though no single
 * pair says so: the evidence of all pairs together.
 *
 * With P the projection on the span of block A, of rank r and mean eigenvalue gamma, the r coordinates of P w_j for a
 * feature orthogonal to A are noise of variance sigma^2 (1 + n_j / gamma): its own, and that of A's span. Their squares,
 * summed over the features of B, are compared with chi-square of r min(N_B, r_B) degrees of freedom (the error of the span
 * is common to all of B).
 *
 * @param onlyIgnored join ignored features to blocks, but no blocks to each other.
 * @returns the groups after one round of joining, by least feature.
 */
export function* joinByProjection(
  { features, squaredNorm, significance }: CutProblem,
  { blocks, bases, ranks, ignored }: Division,
  sigma: number,
  onlyIgnored: boolean,
): Asking<(readonly number[])[]> {
  const groups = [...blocks, ...ignored.map((i) => [i])];
  const own = new Int32Array(features);
  groups.forEach((group, g) => {
    for (const i of group) own[i] = g;
  });
  const limit = ln(significance) - 2 * ln(groups.length);
  const { find, join } = disjointSets(groups.length);
  // A lone feature's direction is known no better than the links already say.
  const several = Array.from(blocks.keys()).filter((a) => blocks[a].length > 1);
  const atOnce = Math.max(1, Math.floor(SUMS_AT_ONCE / groups.length));
  for (let first = 0; first < several.length; first += atOnce) {
    const some = several.slice(first, first + atOnce);
    const gammas = some.map((a) =>
      blocks[a].reduce((gamma, i) => gamma + squaredNorm[i] / ranks[a], 0),
    );
    const sums = some.map(() => new Float64Array(groups.length));
    yield* askShares(
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
