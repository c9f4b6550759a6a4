import type { Embedding } from '../embedding.ts';
import { ln } from '../elementary/logarithm.ts';
import { frameOperator } from '../linalg/frame-operator.ts';
import { leftSingular } from '../linalg/singular.ts';
import { logChiSquareBelow, logPartitions, logStudentTail } from './chance.ts';
import { crossSums, groupsOf, type CrossSums, type LinkTree } from './link-tree.ts';

/** What all cuts of one embedding share. Lengths are in units of the mean norm. */
export interface CutProblem {
  /** No zero vectors. */
  readonly w: Embedding;
  readonly squaredNorm: Float64Array;
  readonly tree: LinkTree;
  readonly cross: CrossSums;
  /** Numerical rank of W. */
  readonly rank: number;
  /** Noise that is there in any case, of rounding or as told: standard deviation of an entry. */
  readonly leastSigma: number;
  /** A chance below this is significant. */
  readonly significance: number;
}

/** Groups of features taken for blocks, and what remains of them above noise. */
export interface Division {
  /** The features of each block, by least feature. */
  readonly blocks: readonly (readonly number[])[];
  /** Singular values of each block, those of noise too, largest first. */
  readonly spectra: readonly Float64Array[];
  /** Left singular vectors that go with them, as rows. */
  readonly bases: readonly Float64Array[];
  /** Rank of each block above the noise. */
  readonly ranks: readonly number[];
  /** Lone features no longer than noise. */
  readonly ignored: readonly number[];
}

/** One way to cut the link tree, weighed against the null models. */
export interface Cut {
  /** How many of the weakest links are cut: one group more. */
  readonly links: number;
  readonly division: Division;
  /** Standard deviation of noise in each entry of W. */
  readonly sigma: number;
  /** Degrees of freedom of Student's t that the similarities across groups resemble. */
  readonly tails: number;
  /** ln of the chance that noise reaches the weakest link that is kept. */
  readonly logNoise: number;
  /** ln of the chance that noise reaches the strongest link that is cut. */
  readonly logCut: number;
}

/** Brings together what cuts need. */
export function cutProblem(parts: Omit<CutProblem, 'cross'>): CutProblem {
  return { ...parts, cross: crossSums(parts.tree, parts.squaredNorm) };
}

/** Pairs that the link tree has looked at. */
function pairsSeen({ tree, w }: CutProblem): number {
  const p = tree.pilots.length;
  return p * (w.features - p) + (p * (p - 1)) / 2;
}

/** Noise of a cut: root mean square of similarities across groups. */
export function sigmaOf({ cross, leastSigma }: CutProblem, links: number): number {
  const pairs = cross.pairs[links];
  return Math.max(leastSigma, pairs > 0 ? Math.sqrt(cross.squares[links] / pairs) : 0);
}

/**
 * Degrees of freedom of the Student distribution with the kurtosis of the similarities across groups, 4 + 6 / (k - 3), so
 * that noise with heavy tails needs a wider gap; less two standard errors of a kurtosis from `freedom` numbers.
 */
function tailsOf({ cross }: CutProblem, links: number, freedom: number): number {
  const pairs = cross.pairs[links];
  if (pairs === 0 || cross.squares[links] === 0) return freedom;
  const kurtosis = (cross.fourths[links] / cross.squares[links] / cross.squares[links]) * pairs;
  const excess = kurtosis - 3 - 2 * Math.sqrt(24 / freedom);
  return excess > 0 ? Math.min(freedom, 4 + 6 / excess) : freedom;
}

/** ln of the chance that noise reaches a similarity anywhere. */
function logReach(problem: CutProblem, similarity: number, sigma: number, tails: number): number {
  if (similarity === Infinity) return -Infinity;
  return ln(pairsSeen(problem)) + logStudentTail(similarity / sigma, tails);
}

/**
 * Cuts that could be significant, fewest groups first, by what costs nothing. Of tails the least that `weighCut` could find
 * is asked: blocks of N_k >= D_k features leave at least sum_k (N_k - D_k) degrees of freedom.
 */
export function promisingCuts(problem: CutProblem): number[] {
  const { tree, cross, rank } = problem;
  const limit = ln(problem.significance);
  const cuts: number[] = [];
  for (let links = 1; links <= tree.height.length; links++) {
    const kept = links < tree.height.length ? tree.height[links] : Infinity;
    if (kept === tree.height[links - 1]) continue;
    if (cross.energy[links] * rank >= cross.lengths[links] && cross.pairs[links] > 0) continue;
    const freedom = Math.max(1, problem.w.features - rank - links);
    const tails = tailsOf(problem, links, freedom);
    const lightest = tails < freedom ? tails : Infinity;
    if (logReach(problem, kept, sigmaOf(problem, links), lightest) < limit) cuts.push(links);
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
 * Noise: what is cut is taken for independent noise of one size in every entry of W, sigma, the root mean square of
 * similarities across the groups. The chance is that of any one pair of noise reaching the weakest link kept, by Student's
 * t: sigma is known from few numbers when groups are small, and noise may have heavier tails than a Gaussian.
 */
export function weighCut(problem: CutProblem, links: number): Cut {
  const { w, tree } = problem;
  const sigma = sigmaOf(problem, links);
  const groups: number[][] = Array.from({ length: links + 1 }, () => []);
  groupsOf(tree, w.features, links).forEach((group, i) => groups[group].push(i));
  const division = divisionOf(problem, groups, sigma);
  const tails = tailsOf(problem, links, Math.max(1, freedomOf(division)));
  const reach = (link: number): number => logReach(problem, link, sigma, tails);
  return {
    links,
    division,
    sigma,
    tails,
    logNoise: reach(links < tree.height.length ? tree.height[links] : Infinity),
    logCut: links > 0 ? reach(tree.height[links - 1]) : 0,
  };
}

/** Groups as blocks, but for lone features that noise explains. */
export function divisionOf(
  problem: CutProblem,
  groups: readonly (readonly number[])[],
  sigma: number,
): Division {
  const { w, squaredNorm, significance } = problem;
  // The length of a Gaussian vector exceeds sigma (sqrt D + t) with chance exp(-t^2 / 2) at most.
  const longest = sigma * (Math.sqrt(w.dims) + Math.sqrt(2 * ln(w.features / significance)));
  const isNoise = (group: readonly number[]): boolean =>
    group.length === 1 && Math.sqrt(squaredNorm[group[0]]) <= longest;
  const blocks = groups.filter((group) => !isNoise(group));
  const found = blocks.map((block) => leftSingular(featuresOf(w, block)));
  const spectra = found.map(({ values }) => values);
  return {
    blocks,
    spectra,
    bases: found.map(({ vectors }) => vectors),
    ranks: spectra.map((spectrum, k) => rankAboveNoise(spectrum, blocks[k].length, problem, sigma)),
    ignored: groups.filter(isNoise).map(([i]) => i),
  };
}

/**
 * Blocks of N_k features in D_k dimensions are orthogonal if sum_k N_k (D - D_k) numbers vanish, D = sum_k D_k, of which
 * (D^2 - sum_k D_k^2) / 2 are at choice as the directions of the blocks: the difference is the degrees of freedom.
 */
export function freedomOf({ blocks, ranks }: Division): number {
  const rank = sumOf(ranks);
  let freedom = (-rank * rank) / 2;
  ranks.forEach((r, k) => {
    freedom += blocks[k].length * (rank - r) + (r * r) / 2;
  });
  return freedom;
}

/**
 * ln of a bound on the chance that random directions divide into such blocks that are as near to orthogonal. Squared inner
 * products across blocks are compared with those of random directions, n_i n_j times `isotropicCosine`^2: their ratio is chi-square over its
 * degrees of freedom (`freedomOf`). Multiplied by the number of ways to divide the features, ignored ones being a part.
 */
export function logIsotropy(problem: CutProblem, division: Division): number {
  const { blocks, ranks, ignored } = division;
  const rank = sumOf(ranks);
  const freedom = freedomOf(division);
  if (blocks.length < 2 || rank > problem.rank || freedom <= 0) return 0;
  const parts = blocks.length + (ignored.length > 0 ? 1 : 0);
  const ways = logPartitions(problem.w.features, parts);
  const ratio = (crossCosine(problem, division) / isotropicCosine(problem)) ** 2;
  return Math.min(0, ways + logChiSquareBelow(ratio, freedom));
}

/**
 * Root mean square cosine of random directions: 1 / sqrt(rank) in the span of more features than that; independent features
 * say nothing about their span, and are random in all D dimensions.
 */
export function isotropicCosine({ w, rank }: CutProblem): number {
  return 1 / Math.sqrt(w.features > rank ? rank : w.dims);
}

/**
 * ln of a bound on the chance that noise blurs the frame operator across blocks as little. Noise of blocks sqrt(gamma) R
 * gives the inner products of their singular vectors u_a, u_b the variance sigma^2 (1 / gamma_a + 1 / gamma_b), and
 * u_a^T S u_b, which is (gamma_a + gamma_b) u_a . u_b, that times (gamma_a + gamma_b)^2. A tight frame that happens to come
 * near to falling apart, on the other hand, has u_a^T S u_b = gamma u_a . u_b and so a quarter of that at most: its inner
 * products across the parts are no noise.
 */
export function logOrder(
  { w, leastSigma }: CutProblem,
  { blocks, bases, spectra, ranks }: Division,
  sigma: number,
): number {
  if (blocks.length < 2 || sigma <= leastSigma) return 0;
  const { dims } = w;
  const s = frameOperator(w);
  const images = bases.map((basis, k) => rowsTimes(basis, ranks[k], s, dims));
  let numbers = 0;
  let squares = 0;
  for (let a = 0; a < blocks.length; a++) {
    for (let b = 0; b < a; b++) {
      for (let x = 0; x < ranks[a]; x++) {
        for (let y = 0; y < ranks[b]; y++) {
          let between = 0;
          for (let d = 0; d < dims; d++) {
            between += images[a][x * dims + d] * bases[b][y * dims + d];
          }
          const one = spectra[a][x] ** 2;
          const other = spectra[b][y] ** 2;
          const variance = (sigma * sigma * (one + other) ** 3) / (one * other);
          squares += (between * between) / variance;
          numbers++;
        }
      }
    }
  }
  return logChiSquareBelow(squares / numbers, numbers);
}

/** The first rows of a matrix times a symmetric one. */
function rowsTimes(rows: Float64Array, count: number, s: Float64Array, n: number): Float64Array {
  const out = new Float64Array(count * n);
  for (let k = 0; k < count; k++) {
    for (let c = 0; c < n; c++) {
      const factor = rows[k * n + c];
      for (let d = 0; d < n; d++) out[k * n + d] += factor * s[c * n + d];
    }
  }
  return out;
}

/**
 * Root mean square cosine between features of different blocks, each ignored one being a part of its own, weighted by
 * squared lengths; pairs of pilots alone.
 */
export function crossCosine({ w, squaredNorm, tree }: CutProblem, { blocks }: Division): number {
  const own = new Int32Array(w.features).fill(-1);
  blocks.forEach((block, k) => {
    for (const i of block) own[i] = k;
  });
  const { pilots, among } = tree;
  let energy = 0;
  let lengths = 0;
  pilots.forEach((i, x) => {
    for (let y = 0; y < x; y++) {
      const j = pilots[y];
      if (own[i] === own[j] && own[i] >= 0) continue;
      energy += among[x * pilots.length + y] ** 2 * (squaredNorm[i] + squaredNorm[j]);
      lengths += squaredNorm[i] * squaredNorm[j];
    }
  });
  return lengths > 0 ? Math.sqrt(energy / lengths) : 0;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, x) => total + x, 0);
}

/** Singular values of the matrix of some features. */
export function spectrumOf(w: Embedding, features: readonly number[]): Float64Array {
  return leftSingular(featuresOf(w, features)).values;
}

/** The embedding of some features alone. */
export function featuresOf(w: Embedding, features: readonly number[]): Embedding {
  const numbers = features.length * w.dims;
  const data =
    w.data instanceof Float32Array ? new Float32Array(numbers) : new Float64Array(numbers);
  features.forEach((i, k) => data.set(w.data.subarray(i * w.dims, (i + 1) * w.dims), k * w.dims));
  return { dims: w.dims, features: features.length, data };
}

/**
 * Singular values that noise alone does not give: above sigma (sqrt N + sqrt D + t), which it exceeds with a chance of
 * exp(-t^2 / 2) at most (Davidson & Szarek 2001). At least one.
 */
export function rankAboveNoise(
  spectrum: Float64Array,
  features: number,
  { w, significance }: CutProblem,
  sigma: number,
): number {
  const slack = Math.sqrt(2 * ln(1 / significance));
  const edge = sigma * (Math.sqrt(features) + Math.sqrt(w.dims) + slack);
  let rank = 0;
  while (rank < spectrum.length && spectrum[rank] > edge) rank++;
  return Math.max(1, rank);
}
