import { ln } from '@polysem/numerics/elementary';
import { logChiSquareBelow, logPartitions } from './chance.ts';
import type { CrossSums } from './cross-sums.ts';
import type { LinkTree } from './link-tree.ts';
import { askFrame, askSpectra, type Asking } from './questions.ts';

/** What all cuts of one embedding share. Lengths are in units of the mean norm. */
export interface CutProblem {
  /** D. */
  readonly dims: number;
  /** N, no zero vectors among them. */
  readonly features: number;
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

/** Groups as blocks, but for lone features that noise explains. */
export function* divisionOf(
  problem: CutProblem,
  groups: readonly (readonly number[])[],
  sigma: number,
): Asking<Division> {
  const { dims, features, squaredNorm, significance } = problem;
  // The length of a Gaussian vector exceeds sigma (sqrt D + t) with chance exp(-t^2 / 2) at most.
  const longest = sigma * (Math.sqrt(dims) + Math.sqrt(2 * ln(features / significance)));
  const isNoise = (group: readonly number[]): boolean =>
    group.length === 1 && Math.sqrt(squaredNorm[group[0]]) <= longest;
  const blocks = groups.filter((group) => !isNoise(group));
  const rankOf = (spectrum: Float64Array, size: number): number =>
    rankAboveNoise(spectrum, size, problem, sigma);
  const { spectra, bases } = yield* askSpectra(blocks, rankOf);
  return {
    blocks,
    spectra,
    bases,
    ranks: spectra.map((spectrum, k) => rankOf(spectrum, blocks[k].length)),
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
  const ways = logPartitions(problem.features, parts);
  const ratio = (crossCosine(problem, division) / isotropicCosine(problem)) ** 2;
  return Math.min(0, ways + logChiSquareBelow(ratio, freedom));
}

/**
 * Root mean square cosine of random directions: 1 / sqrt(rank) in the span of more features than that; independent features
 * say nothing about their span, and are random in all D dimensions.
 */
export function isotropicCosine({ dims, features, rank }: CutProblem): number {
  return 1 / Math.sqrt(features > rank ? rank : dims);
}

/**
 * ln of a bound on the chance that noise blurs the frame operator across blocks as little. Noise of blocks sqrt(gamma) R
 * gives the inner products of their singular vectors u_a, u_b the variance sigma^2 (1 / gamma_a + 1 / gamma_b), and
 * u_a^T S u_b, which is (gamma_a + gamma_b) u_a . u_b, that times (gamma_a + gamma_b)^2. A tight frame that happens to come
 * near to falling apart, on the other hand, has u_a^T S u_b = gamma u_a . u_b and so a quarter of that at most: its inner
 * products across the parts are no noise.
 */
export function* logOrder(
  { dims, leastSigma }: CutProblem,
  { blocks, bases, spectra, ranks }: Division,
  sigma: number,
): Asking<number> {
  if (blocks.length < 2 || sigma <= leastSigma) return 0;
  const s = yield* askFrame();
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
export function crossCosine(
  { features, squaredNorm, tree }: CutProblem,
  { blocks }: Division,
): number {
  const own = new Int32Array(features).fill(-1);
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

/**
 * Singular values that noise alone does not give: above sigma (sqrt N + sqrt D + t), which it exceeds with a chance of
 * exp(-t^2 / 2) at most (Davidson & Szarek 2001). At least one.
 */
export function rankAboveNoise(
  spectrum: Float64Array,
  features: number,
  { dims, significance }: CutProblem,
  sigma: number,
): number {
  const slack = Math.sqrt(2 * ln(1 / significance));
  const edge = sigma * (Math.sqrt(features) + Math.sqrt(dims) + slack);
  let rank = 0;
  while (rank < spectrum.length && spectrum[rank] > edge) rank++;
  return Math.max(1, rank);
}
