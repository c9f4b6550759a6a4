import type { Embedding } from '../embedding.ts';
import { ln } from '../elementary/logarithm.ts';
import { leftSingular } from '../linalg/singular.ts';
import { logChiSquareBelow, logPartitions, logStudentTail, medianOfLargest } from './chance.ts';
import { groupsOf, type LinkTree } from './link-tree.ts';

/** One way to cut the link tree, weighed against the null models. Lengths are in units of the mean norm. */
export interface Cut {
  /** How many of the weakest links are cut: one group more. */
  readonly links: number;
  /** The features of each group that is a block, by least feature. */
  readonly blocks: readonly (readonly number[])[];
  /** Singular values of each block, those of noise too, largest first. */
  readonly spectra: readonly Float64Array[];
  /** Rank of each block above the noise. */
  readonly ranks: readonly number[];
  /** Lone features no longer than noise. */
  readonly ignored: readonly number[];
  /** Standard deviation sigma of noise in each entry of W. */
  readonly sigma: number;
  /** Natural logarithms of the chances under the two null models (see `BlockEvidence`). */
  readonly logNoise: number;
  readonly logIsotropy: number;
  /** Root mean square cosine across blocks, weighted by squared lengths. */
  readonly crossCosine: number;
}

/** What all cuts of one embedding share. */
export interface CutProblem {
  /** No zero vectors. */
  readonly w: Embedding;
  readonly squaredNorm: Float64Array;
  readonly tree: LinkTree;
  /** Numerical rank of W. */
  readonly rank: number;
  /** Noise that is there in any case, of rounding or as told: standard deviation of an entry. */
  readonly leastSigma: number;
  /** A chance below this is significant. */
  readonly significance: number;
}

/** How far above the standard deviation one of `pairs` noises must stand to be significant. */
function farOut(pairs: number, significance: number): number {
  let low = 0;
  let high = 64;
  const target = ln(significance / pairs);
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (logStudentTail(middle, 1e9) > target) low = middle;
    else high = middle;
  }
  return high;
}

/** Pairs that the link tree has looked at. */
function pairsSeen({ tree, w }: CutProblem): number {
  const p = tree.pilots.length;
  return p * (w.features - p) + (p * (p - 1)) / 2;
}

/**
 * Cuts that could be significant, fewest groups first: noise is at least as large as the strongest link that is cut
 * would have it, so the weakest link that is kept must stand above that in a certain ratio.
 */
export function promisingCuts(problem: CutProblem): number[] {
  const { height } = problem.tree;
  const pairs = pairsSeen(problem);
  const far = farOut(pairs, problem.significance);
  const ratio = far / medianOfLargest(pairs);
  const cuts: number[] = [];
  for (let links = 1; links <= height.length; links++) {
    const kept = links < height.length ? height[links] : Infinity;
    if (kept > ratio * height[links - 1] && kept > far * problem.leastSigma) cuts.push(links);
  }
  return cuts;
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
 * Weighs one cut.
 *
 * Noise: what is cut is taken for independent Gaussian noise in every entry of W. Its sigma is the root mean square of
 * similarities across the groups, or, if that is more, what makes their largest a median one. The chance is that of any
 * one pair of noise reaching the weakest link kept, by Student's t, since sigma is known from few numbers when groups are
 * small.
 *
 * Isotropy: squared inner products across blocks are compared with those of random directions, n_i n_j / rank. Blocks of
 * N_k features in D_k dimensions are orthogonal if sum_k N_k (D - D_k) numbers vanish, of which
 * (D^2 - sum_k D_k^2) / 2 are at choice as the directions of the blocks: their difference nu are the degrees of freedom of
 * chi-square. The chance is multiplied by the number of ways to divide the features.
 */
export function weighCut(problem: CutProblem, links: number): Cut {
  const { w, squaredNorm, tree, leastSigma } = problem;
  const label = groupsOf(tree, w.features, links);
  const { sigma: rough, energy, isotropic } = acrossGroups(problem, label, links);
  const sigma = Math.max(rough, leastSigma);

  const groups: number[][] = Array.from({ length: links + 1 }, () => []);
  label.forEach((group, i) => groups[group].push(i));
  const noiseLength =
    sigma * (Math.sqrt(w.dims) + Math.sqrt(2 * ln(w.features / problem.significance)));
  const ignored: number[] = [];
  const blocks: number[][] = [];
  for (const group of groups) {
    if (group.length === 1 && Math.sqrt(squaredNorm[group[0]]) <= noiseLength)
      ignored.push(group[0]);
    else blocks.push(group);
  }
  const spectra = blocks.map((block) => spectrumOf(w, block));
  const ranks = spectra.map((spectrum, k) =>
    rankAboveNoise(spectrum, blocks[k].length, w.dims, sigma),
  );

  const rank = ranks.reduce((total, r) => total + r, 0);
  let freedom = (-rank * rank) / 2;
  let placed = 0;
  ranks.forEach((r, k) => {
    freedom += blocks[k].length * (rank - r) + (r * r) / 2;
    placed += blocks[k].length;
  });
  const kept = links < tree.height.length ? tree.height[links] : Infinity;
  const ratio = isotropic > 0 ? (energy / isotropic) * rank : 0;
  return {
    links,
    blocks,
    spectra,
    ranks,
    ignored,
    sigma,
    logNoise: ln(pairsSeen(problem)) + logStudentTail(kept / sigma, Math.max(1, freedom)),
    logIsotropy:
      blocks.length < 2 || rank > problem.rank || freedom <= 0
        ? 0
        : logPartitions(placed, blocks.length) + logChiSquareBelow(ratio, freedom),
    crossCosine: isotropic > 0 ? Math.sqrt(energy / isotropic) : 0,
  };
}

/** Noise and squared inner products among pilots of different groups. */
function acrossGroups(
  { w, squaredNorm, tree }: CutProblem,
  label: Int32Array,
  links: number,
): { sigma: number; energy: number; isotropic: number } {
  const { pilots, among } = tree;
  const p = pilots.length;
  const pilotsIn = new Float64Array(links + 1);
  const leavesIn = new Float64Array(links + 1);
  for (const group of label) leavesIn[group]++;
  for (const i of pilots) {
    pilotsIn[label[i]]++;
    leavesIn[label[i]]--;
  }
  let squares = 0;
  let count = 0;
  let energy = 0;
  let isotropic = 0;
  for (let x = 0; x < p; x++) {
    for (let y = 0; y < x; y++) {
      const i = pilots[x];
      const j = pilots[y];
      if (label[i] === label[j]) continue;
      const s2 = among[x * p + y] ** 2;
      squares += s2;
      count++;
      energy += s2 * (squaredNorm[i] + squaredNorm[j]);
      isotropic += squaredNorm[i] * squaredNorm[j];
    }
  }
  let seen = count;
  for (let group = 0; group <= links; group++) {
    seen += pilotsIn[group] * (w.features - p - leavesIn[group]);
  }
  return {
    sigma: Math.max(
      count > 0 ? Math.sqrt(squares / count) : 0,
      links > 0 ? tree.height[links - 1] / medianOfLargest(Math.max(1, seen)) : 0,
    ),
    energy,
    isotropic,
  };
}

/** Singular values of the matrix of some features. */
export function spectrumOf(w: Embedding, features: readonly number[]): Float64Array {
  return leftSingular(featuresOf(w, features)).values;
}

/** The embedding of some features alone. */
export function featuresOf(w: Embedding, features: readonly number[]): Embedding {
  const data =
    w.data instanceof Float32Array
      ? new Float32Array(features.length * w.dims)
      : new Float64Array(features.length * w.dims);
  features.forEach((i, k) => data.set(w.data.subarray(i * w.dims, (i + 1) * w.dims), k * w.dims));
  return { dims: w.dims, features: features.length, data };
}

/** Singular values above sigma (sqrt N + sqrt D), where those of noise alone end (Davidson & Szarek 2001); at least one. */
export function rankAboveNoise(
  spectrum: Float64Array,
  features: number,
  dims: number,
  sigma: number,
): number {
  const edge = sigma * (Math.sqrt(features) + Math.sqrt(dims));
  let rank = 0;
  while (rank < spectrum.length && spectrum[rank] > edge) rank++;
  return Math.max(1, rank);
}
