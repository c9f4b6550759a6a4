import { ln, power } from '@polysem/numerics/elementary';
import { logStudentTail } from './tail-bounds.ts';
import { divisionOf, freedomOf, type CutProblem, type Division } from './division.ts';
import type { FreedomRange } from './freedom-range.ts';
import type { WithQueries } from './vector-queries.ts';
import { groupsOf } from './cross-sums.ts';

/** A cut of the link tree, with its probabilities under the null model of noise. */
export interface Cut {
  /** Number of links cut, weakest first; there is one group more. */
  readonly links: number;
  readonly division: Division;
  /** Standard deviation of noise in each entry of W. */
  readonly sigma: number;
  /** Degrees of freedom of the Student distribution with the kurtosis of the similarities across groups. */
  readonly tails: number;
  /** ln of the probability that noise is as strong as the weakest link kept. */
  readonly logNoise: number;
  /** ln of the probability that noise is as strong as the strongest link cut. */
  readonly logCut: number;
}

/** Number of pairs of features that the link tree has compared. */
function pairsSeen({ tree, features }: CutProblem): number {
  const p = tree.pilots.length;
  return p * (features - p) + (p * (p - 1)) / 2;
}

/** Noise level of a cut: root mean square of the similarities across groups. */
export function sigmaOf({ cross, leastSigma }: CutProblem, links: number): number {
  const pairs = cross.pairs[links];
  return Math.max(leastSigma, pairs > 0 ? Math.sqrt(cross.squares[links] / pairs) : 0);
}

/**
 * Degrees of freedom of the Student distribution with the kurtosis k of the similarities across groups, 4 + 6 / (k - 3), so
 * that noise with heavy tails needs a wider gap. The excess k - 3 is reduced by two standard errors of the kurtosis of
 * `freedom` numbers.
 */
function tailsOf(problem: CutProblem, links: number, freedom: number): number {
  const pairs = problem.cross.pairs[links];
  if (pairs === 0) return freedom;
  const kurtosis = problem.cross.fourths[links] / pairs / power(sigmaOf(problem, links), 4);
  const excess = kurtosis - 3 - 2 * Math.sqrt(24 / freedom);
  return excess > 0 ? Math.min(freedom, 4 + 6 / excess) : freedom;
}

/** Heaviest and lightest tails that `tailsOf` gives for degrees of freedom in a range. */
function tailsWithin(
  problem: CutProblem,
  links: number,
  { least, most }: FreedomRange,
): { readonly heaviest: number; readonly lightest: number } {
  if (least === most) {
    const tails = tailsOf(problem, links, least);
    return { heaviest: tails, lightest: tails };
  }
  // 4 + 6 / (k - 3) falls as the degrees of freedom grow.
  return { heaviest: Math.min(least, tailsOf(problem, links, most)), lightest: most };
}

/** ln of the probability that noise gives any of the compared pairs a similarity as large as this. */
function logReach(problem: CutProblem, similarity: number, sigma: number, tails: number): number {
  if (similarity === Infinity) return -Infinity;
  return ln(pairsSeen(problem)) + logStudentTail(similarity / sigma, tails);
}

/**
 * Lists the cuts that could be significant, fewest groups first, by tests that need no spectra. Tails are assumed as light as
 * `weighCut` could find them: blocks of N_k >= D_k features leave at least sum_k (N_k - D_k) degrees of freedom.
 */
export function promisingCuts(problem: CutProblem): number[] {
  const { tree, cross, rank } = problem;
  const limit = ln(problem.significance);
  const cuts: number[] = [];
  for (let links = 1; links <= tree.height.length; links++) {
    const kept = links < tree.height.length ? tree.height[links] : Infinity;
    if (kept === tree.height[links - 1]) continue;
    if (cross.energy[links] * rank >= cross.lengths[links] && cross.pairs[links] > 0) continue;
    const freedom = Math.max(1, problem.features - rank - links);
    const tails = tailsOf(problem, links, freedom);
    const lightest = tails < freedom ? tails : Infinity;
    if (logReach(problem, kept, sigmaOf(problem, links), lightest) < limit) cuts.push(links);
  }
  return cuts;
}

/**
 * True if a cut fails the null model of noise whatever the ranks of its groups are, so that `weighCut` need not compute their
 * spectra: noise explains the weakest link kept (probability of at least `most`), or does not explain the strongest link cut.
 *
 * @param range bounds on its degrees of freedom.
 * @param most ln of the probability under noise that a cut must not reach.
 */
export function isRuledOut(
  problem: CutProblem,
  links: number,
  range: FreedomRange,
  most: number,
): boolean {
  const { height } = problem.tree;
  const sigma = sigmaOf(problem, links);
  const { heaviest, lightest } = tailsWithin(problem, links, range);
  const kept = links < height.length ? height[links] : Infinity;
  if (logReach(problem, kept, sigma, lightest) >= most) return true;
  return logReach(problem, height[links - 1], sigma, heaviest) < ln(problem.significance);
}

/** The cut at the widest gap in ratio, or undefined if there is nothing to cut. */
export function widestCut({ tree, leastSigma }: CutProblem): number | undefined {
  let best: number | undefined;
  let widest = -1;
  for (let links = 1; links < tree.height.length; links++) {
    const gap = tree.height[links] / Math.max(tree.height[links - 1], leastSigma);
    if (gap > widest) {
      widest = gap;
      best = links;
    }
  }
  return best ?? (tree.height.length > 0 ? 1 : undefined);
}

/**
 * Tests one cut against the null model of noise. The similarities that are cut are attributed to independent noise of
 * standard deviation sigma in every entry of W, where sigma is their root mean square. The probability that any pair of noise
 * is as strong as the weakest link kept follows Student's t, since sigma is estimated from few numbers when groups are
 * small, and noise may have heavier tails than a Gaussian.
 *
 * @param links number of links to cut, at least 1.
 */
export function* weighCut(problem: CutProblem, links: number): WithQueries<Cut> {
  const { features, tree } = problem;
  const sigma = sigmaOf(problem, links);
  const groups: number[][] = Array.from({ length: links + 1 }, () => []);
  groupsOf(tree, features, links).forEach((group, i) => groups[group].push(i));
  const division = yield* divisionOf(problem, groups, sigma);
  const tails = tailsOf(problem, links, Math.max(1, freedomOf(division)));
  const reach = (link: number): number => logReach(problem, link, sigma, tails);
  return {
    links,
    division,
    sigma,
    tails,
    logNoise: reach(links < tree.height.length ? tree.height[links] : Infinity),
    logCut: reach(tree.height[links - 1]),
  };
}
