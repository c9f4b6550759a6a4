import { ln, power } from '@polysem/numerics/elementary';
import { logChiSquareBelow, logPartitions } from './tail-bounds.ts';
import type { CrossSums } from './cross-sums.ts';
import type { LinkTree } from './linking.ts';
import { queryDirections, queryFrame, querySpectra, type WithQueries } from './vector-queries.ts';

/** Data that all cuts of one embedding use. Lengths are in units of the mean norm. */
export interface CutProblem {
  /** D. */
  readonly dims: number;
  /** N, without zero vectors. */
  readonly features: number;
  readonly squaredNorm: Float64Array;
  readonly tree: LinkTree;
  readonly cross: CrossSums;
  /** Numerical rank of W. */
  readonly rank: number;
  /** Smallest noise level to assume, from rounding or the options: standard deviation of an entry. */
  readonly leastSigma: number;
  /** A probability below this is significant. */
  readonly significance: number;
}

/** A division of the features into blocks, with the spectra and ranks of the blocks. */
export interface Division {
  /** The features of each block, in order of first features. */
  readonly blocks: readonly (readonly number[])[];
  /** Singular values of each block, including those of noise, largest first. */
  readonly spectra: readonly Float64Array[];
  /** The corresponding left singular vectors, as rows. */
  readonly bases: readonly Float64Array[];
  /** Rank of each block above the noise. */
  readonly ranks: readonly number[];
  /** Single features no longer than the noise. */
  readonly ignored: readonly number[];
}

/** Makes groups of features into blocks, except single features that noise explains. */
export function* divisionOf(
  problem: CutProblem,
  groups: readonly (readonly number[])[],
  sigma: number,
): WithQueries<Division> {
  const { squaredNorm } = problem;
  const longest = longestNoise(problem, sigma);
  const isNoise = (group: readonly number[]): boolean =>
    group.length === 1 && Math.sqrt(squaredNorm[group[0]]) <= longest;
  const blocks = groups.filter((group) => !isNoise(group));
  const rankOf = (spectrum: Float64Array, size: number): number =>
    rankAboveNoise(spectrum, size, problem, sigma);
  const { spectra, bases } = yield* querySpectra(blocks, rankOf);
  return {
    blocks,
    spectra,
    bases,
    ranks: spectra.map((spectrum, k) => rankOf(spectrum, blocks[k].length)),
    ignored: groups.filter(isNoise).map(([i]) => i),
  };
}

/** Length that noise vectors do not exceed: Gaussian ones exceed sigma (sqrt D + t) with probability at most exp(-t^2 / 2). */
export function longestNoise({ dims, features, significance }: CutProblem, sigma: number): number {
  return sigma * (Math.sqrt(dims) + Math.sqrt(2 * ln(features / significance)));
}

/**
 * Degrees of freedom of the inner products across blocks. With D = sum_k D_k, blocks of N_k features in D_k dimensions are
 * orthogonal if sum_k N_k (D - D_k) numbers vanish; (D^2 - sum_k D_k^2) / 2 of them can be chosen to vanish by the directions
 * of the blocks. The difference is the degrees of freedom, at least 1 for two blocks or more.
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
 * ln of an upper bound on the probability that random directions can be divided into blocks of these sizes that are as near
 * to orthogonal. The ratio of the squared inner products across blocks to those of random directions, n_i n_j times
 * `isotropicCosine`^2, is distributed as chi-square over its degrees of freedom (`freedomOf`). The bound is multiplied by the
 * number of ways to divide the features, where ignored features are one more block.
 */
export function logIsotropy(problem: CutProblem, division: Division): number {
  const { blocks, ranks, ignored } = division;
  const rank = sumOf(ranks);
  const freedom = freedomOf(division);
  if (blocks.length < 2 || rank > problem.rank) return 0;
  const parts = blocks.length + (ignored.length > 0 ? 1 : 0);
  const ways = logPartitions(problem.features, parts);
  const ratio = (crossCosine(problem, division) / isotropicCosine(problem)) ** 2;
  return Math.min(0, ways + logChiSquareBelow(ratio, freedom));
}

/**
 * Root mean square cosine of random directions: 1 / sqrt(rank) if there are more features than the rank. Linearly independent
 * features do not determine their span, so they count as random in all D dimensions.
 */
export function isotropicCosine({ dims, features, rank }: CutProblem): number {
  return 1 / Math.sqrt(features > rank ? rank : dims);
}

/**
 * ln of an upper bound on the probability that noise gives the frame operator such small entries across blocks. Tests whether
 * the inner products across blocks are noise, or the parts of one tight frame that is nearly divided.
 *
 * Noise in blocks sqrt(gamma) R gives the inner product of their singular vectors u_a, u_b the variance
 * sigma^2 (1 / gamma_a + 1 / gamma_b). Then u_a^T S u_b = (gamma_a + gamma_b) u_a . u_b has (gamma_a + gamma_b)^2 times that
 * variance. For parts of one tight frame, u_a^T S u_b = gamma u_a . u_b, whose variance is at most a quarter of it.
 */
export function* logOrder(
  { dims, leastSigma }: CutProblem,
  division: Division,
  sigma: number,
): WithQueries<number> {
  const { blocks, spectra, ranks } = division;
  if (blocks.length < 2 || sigma <= leastSigma) return 0;
  const s = yield* queryFrame();
  const bases = yield* allBases(division);
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
          const variance = (sigma * sigma * power(one + other, 3)) / (one * other);
          squares += (between * between) / variance;
          numbers++;
        }
      }
    }
  }
  return logChiSquareBelow(squares / numbers, numbers);
}

/** Orthonormal bases of all blocks, also of those of a single feature. */
function* allBases({ blocks, bases }: Division): WithQueries<readonly Float64Array[]> {
  const single = Array.from(blocks.keys()).filter((k) => blocks[k].length === 1);
  if (single.length === 0) return bases;
  const directions = yield* queryDirections(single.map((k) => blocks[k][0]));
  const all = [...bases];
  single.forEach((k, at) => {
    all[k] = directions[at];
  });
  return all;
}

/** Product of the first rows of a matrix with a symmetric n x n matrix. */
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
 * Root mean square cosine between features of different blocks, weighted by squared lengths. Each ignored feature counts as a
 * block. Only pairs of pilots are used.
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
 * Number of singular values above the noise, at least one. The largest singular value of noise exceeds
 * sigma (sqrt N + sqrt D + t) with probability at most exp(-t^2 / 2) (Davidson & Szarek 2001).
 */
export function rankAboveNoise(
  spectrum: Float64Array,
  features: number,
  { dims, significance }: CutProblem,
  sigma: number,
): number {
  const slack = Math.sqrt(2 * ln(1 / significance));
  const edge = sigma * (Math.sqrt(features) + Math.sqrt(dims) + slack);
  let rank = 1;
  while (rank < spectrum.length && spectrum[rank] > edge) rank++;
  return rank;
}
