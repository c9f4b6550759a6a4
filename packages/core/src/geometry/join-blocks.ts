import type { Embedding } from '../embedding.ts';
import { ln } from '../elementary/logarithm.ts';
import { forEachInBasis } from '../linalg/coordinates.ts';
import { logChiSquareAbove } from './chance.ts';
import type { CutProblem, Division } from './division.ts';
import { disjointSets, labelled } from './disjoint-sets.ts';

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
export function joinByProjection(
  { w, squaredNorm, significance }: CutProblem,
  { blocks, bases, ranks, ignored }: Division,
  sigma: number,
  onlyIgnored: boolean,
): (readonly number[])[] {
  const groups = [...blocks, ...ignored.map((i) => [i])];
  const own = new Int32Array(w.features);
  groups.forEach((group, g) => {
    for (const i of group) own[i] = g;
  });
  const limit = ln(significance) - 2 * ln(groups.length);
  const { find, join } = disjointSets(groups.length);
  blocks.forEach((block, a) => {
    // A lone feature's direction is known no better than the links already say.
    if (block.length === 1) return;
    const rank = ranks[a];
    const shares = projections(w, bases[a], rank);
    let gamma = 0;
    for (const i of block) gamma += squaredNorm[i] / rank;
    const sums = new Float64Array(groups.length);
    for (let j = 0; j < w.features; j++) {
      sums[own[j]] += shares[j] / (sigma * sigma * (1 + squaredNorm[j] / gamma));
    }
    groups.forEach((group, b) => {
      if (b === a || (onlyIgnored && b < blocks.length)) return;
      const freedom = rank * Math.min(group.length, ranks[b] ?? 1);
      if (logChiSquareAbove(sums[b] / (rank * group.length), freedom) < limit) join(a, b);
    });
  });
  const joined: number[][] = [];
  labelled(groups.length, find).forEach((label, g) => {
    (joined[label] ??= []).push(...groups[g]);
  });
  return joined.map((group) => group.toSorted((i, j) => i - j)).toSorted((x, y) => x[0] - y[0]);
}

/** |P w_j|^2 of every feature, P on the leading vectors. */
function projections(w: Embedding, vectors: Float64Array, rank: number): Float64Array {
  const out = new Float64Array(w.features);
  forEachInBasis(w, vectors, rank, (j, t) => {
    for (let k = 0; k < rank; k++) out[j] += t[k] * t[k];
  });
  return out;
}
