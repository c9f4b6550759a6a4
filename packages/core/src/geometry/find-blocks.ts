import type { Embedding } from '../embedding.ts';
import { ln } from '../elementary/logarithm.ts';
import { powerOfTwoScale, rescaled } from '../linalg/power-of-two-scale.ts';
import { measureCapacity, type CapacityMeasurement } from '../capacity/measure.ts';
import { evidenceOf, levelsAround, type Found } from './block-evidence.ts';
import type { Block, BlockStructure } from './block-structure.ts';
import { cutProblem, promisingCuts, weighCut, widestCut, type Cut } from './cuts.ts';
import {
  divisionOf,
  featuresOf,
  freedomOf,
  logIsotropy,
  logOrder,
  rankAboveNoise,
  spectrumOf,
  type CutProblem,
  type Division,
} from './division.ts';
import { eigenGroups } from './eigen-groups.ts';
import { joinByProjection } from './join-blocks.ts';
import { linkTree } from './link-tree.ts';

/** How {@link findBlocks} looks for blocks. */
export interface FindBlocksOptions {
  /** Both null models must give the structure a chance below this. Default 0.001. */
  readonly significance?: number;
  /**
   * Noise to assume at least, as the length of each feature's part of it in mean norms: inner products that such noise
   * explains count as zero. Default 0, which leaves the rounding of W's type. What training leaves of inner products is
   * of very different sizes and no Gaussian noise: 1e-3 is right for weights trained to convergence.
   */
  readonly noise?: number;
  /** Up to this many features all pairs are compared, beyond it all with some. Default 1024. */
  readonly allPairs?: number;
  /** Seed of the choice of features that all are compared with, where not all pairs are. Default 0. */
  readonly seed?: number;
}

/** Roundings of an inner product of unit vectors, for each root of a dimension. */
const ROUNDINGS = 8;

/**
 * Finds the orthogonal blocks of an embedding (arXiv:2210.01892, section 4), real or made: which features share a
 * subspace, and whether they do at all.
 *
 * Components are those of the graph that links features whose similarity sqrt(2) |w_i . w_j| / (m sqrt(n_i + n_j)) exceeds a
 * threshold, m the mean norm. At the threshold chosen what is cut looks like noise and what is kept does not: of all cuts
 * of the single-linkage tree, that into fewest groups which two null models both rule out. Noise of the size of what is cut
 * would not reach the weakest link kept (beyond doubt, chance below the cube of the significance; failing that, the most
 * significant cut is taken), and random directions would not be as orthogonal. What all pairs together say to belong together is then joined,
 * and near-orthogonality too orderly to be noise is none (`joinByProjection`, `logOrder`). Eigenspaces join components whose eigenvalues agree up to that noise.
 *
 * O(N D^2) time and no N x N matrix; with few features all pairs are compared, with many all with about a thousand
 * (`linkTree`). Partitions do not change when the space is rotated, features are permuted or flipped, or everything scaled.
 *
 * @throws RangeError if W holds a number that is not finite, or an option is out of range.
 */
export function findBlocks(w: Embedding, options: FindBlocksOptions = {}): BlockStructure {
  const { significance = 1e-3, noise = 0, allPairs, seed } = options;
  if (!(significance > 0 && significance < 1)) {
    throw new RangeError(`significance: must lie in (0, 1), got ${significance}`);
  }
  if (!(noise >= 0 && noise < 1)) {
    throw new RangeError(`noise: must lie in [0, 1), got ${noise}`);
  }
  const scale = powerOfTwoScale(w, 'findBlocks');
  if (scale !== 1) return inUnitsOf(scale, findBlocks(rescaled(w, scale), options));
  const measured = measureCapacity(w);
  const { places, zeros, meanNorm, scaled } = withoutZeros(w, measured.squaredNorm);
  if (places.length === 0) return nothing(w);

  const squaredNorm = Float64Array.from(
    places,
    (i) => measured.squaredNorm[i] / meanNorm / meanNorm,
  );
  const roundings = w.data instanceof Float32Array ? 2 ** -24 : 2 ** -53;
  const rounding = ROUNDINGS * roundings * Math.sqrt(w.dims);
  const problem = cutProblem({
    w: scaled,
    squaredNorm,
    tree: linkTree(scaled, squaredNorm, allPairs, seed),
    rank: measured.rank,
    leastSigma: Math.max(rounding / Math.SQRT2, noise / Math.sqrt(w.dims)),
    significance,
  });
  const found = bestStructure(problem);
  const widest = widestCut(problem);
  const shown =
    found ?? (widest === undefined ? undefined : asCut(problem, weighCut(problem, widest)));
  const whole: Division = found?.division ?? undivided(problem, measured.singularValues, meanNorm);
  const sigma = found?.cut.sigma ?? problem.leastSigma;

  const toBlock = (features: readonly number[], spectrum: Float64Array, rank: number): Block =>
    measureBlock(
      features.map((i) => places[i]),
      spectrum.map((x) => x * meanNorm),
      rank,
      measured,
    );
  const components = whole.blocks.map((features, k) =>
    toBlock(features, whole.spectra[k], whole.ranks[k]),
  );
  const eigenspaces = eigenspacesOf(whole, sigma, w.dims, rounding, significance).map((group) => {
    if (group.length === 1) return components[group[0]];
    const features = group.flatMap((k) => whole.blocks[k]).toSorted((i, j) => i - j);
    const rank = group.reduce((total, k) => total + whole.ranks[k], 0);
    return toBlock(features, spectrumOf(scaled, features), rank);
  });
  return {
    dims: w.dims,
    features: w.features,
    rank: measured.rank,
    verdict: components.length > 1 ? 'blocks' : 'none',
    components,
    eigenspaces,
    ignored: [...zeros, ...whole.ignored.map((i) => places[i])].toSorted((i, j) => i - j),
    full: components.flatMap(({ features }) => (features.length === 1 ? features : [])),
    noise: sigma * Math.sqrt(w.dims),
    evidence: evidenceOf(problem, shown),
    levels: levelsAround(problem, shown?.cut.links ?? 0),
  };
}

/** The structure of W from that of W times a factor: all of it is relative but gamma, which may leave the range of a number. */
function inUnitsOf(factor: number, structure: BlockStructure): BlockStructure {
  const back = (block: Block): Block => ({ ...block, gamma: block.gamma / factor / factor });
  return {
    ...structure,
    components: structure.components.map(back),
    eigenspaces: structure.eigenspaces.map(back),
  };
}

/** Shorter than this part of the longest vector is zero: nothing but rounding. */
const NOTHING = 2 ** -50;

function withoutZeros(
  w: Embedding,
  squaredNorm: Float64Array,
): { places: number[]; zeros: number[]; meanNorm: number; scaled: Embedding } {
  let longest = 0;
  for (const n of squaredNorm) longest = Math.max(longest, Math.sqrt(n));
  const places: number[] = [];
  const zeros: number[] = [];
  let total = 0;
  squaredNorm.forEach((n, i) => {
    const norm = Math.sqrt(n);
    if (norm <= NOTHING * longest) {
      zeros.push(i);
      return;
    }
    places.push(i);
    total += norm;
  });
  const meanNorm = places.length === 0 ? 1 : total / places.length;
  const kept = featuresOf(w, places);
  for (let j = 0; j < kept.data.length; j++) kept.data[j] /= meanNorm;
  return { places, zeros, meanNorm, scaled: kept };
}

/** Chances below this power of the significance are beyond doubt. */
const BEYOND_DOUBT = 3;

/**
 * The cut with the fewest groups that is beyond doubt as to noise, or else the most significant; undefined where none
 * passes all tests.
 */
function bestStructure(problem: CutProblem): Found | undefined {
  const limit = ln(problem.significance);
  let best: Found | undefined;
  for (const links of promisingCuts(problem)) {
    const cut = weighCut(problem, links);
    if (cut.logNoise >= limit || cut.logCut < limit) continue;
    if (best !== undefined && cut.logNoise >= best.cut.logNoise) continue;
    const found = finished(problem, cut);
    if (found.logIsotropy >= limit) continue;
    if (logOrder(problem, found.division, cut.sigma) < limit) continue;
    best = found;
    if (cut.logNoise < BEYOND_DOUBT * limit) break;
  }
  return best;
}

/** A cut as it is. */
function asCut(problem: CutProblem, cut: Cut): Found {
  return { cut, division: cut.division, logIsotropy: logIsotropy(problem, cut.division) };
}

function finished(problem: CutProblem, cut: Cut): Found {
  const division = joined(problem, cut);
  return { cut, division, logIsotropy: logIsotropy(problem, division) };
}

/** Noise with heavier tails than a Gaussian has no scale by which to judge sums of many pairs: then blocks stay as cut. */
function joined(problem: CutProblem, { division, sigma, tails }: Cut): Division {
  // Where noise is no more than rounding, links tell all.
  if (sigma <= problem.leastSigma) return division;
  const onlyIgnored = tails < freedomOf(division);
  let at = division;
  for (;;) {
    const groups = joinByProjection(problem, at, sigma, onlyIgnored);
    if (groups.length === at.blocks.length + at.ignored.length) return at;
    at = divisionOf(problem, groups, sigma);
  }
}

/** All features as one block. */
function undivided(problem: CutProblem, singularValues: Float64Array, unit: number): Division {
  const { w, leastSigma } = problem;
  const spectrum = singularValues.map((x) => x / unit);
  return {
    blocks: [Array.from({ length: w.features }, (_, i) => i)],
    spectra: [spectrum],
    bases: [],
    ranks: [rankAboveNoise(spectrum, w.features, problem, leastSigma)],
    ignored: [],
  };
}

function eigenspacesOf(
  { blocks, spectra, ranks }: Division,
  sigma: number,
  dims: number,
  rounding: number,
  significance: number,
): number[][] {
  if (blocks.length < 2) return blocks.map((_, k) => [k]);
  const largest = spectra.reduce((most, spectrum) => Math.max(most, spectrum[0] ** 2), 0);
  return eigenGroups(
    spectra.map((spectrum, k) => ({
      eigenvalues: spectrum.slice(0, ranks[k]).map((x) => x * x),
      features: blocks[k].length,
    })),
    { dims, sigma, rounding: rounding * Math.sqrt(dims) * largest, significance },
  );
}

/** The figures of one block, from the singular values of its features alone and the capacities of all. */
function measureBlock(
  features: readonly number[],
  spectrum: Float64Array,
  rank: number,
  { capacity, squaredNorm }: CapacityMeasurement,
): Block {
  let sum = 0;
  let toAll = 0;
  for (const i of features) {
    sum += capacity[i];
    // sum_j (w_i . w_j)^2 = n_i^2 / C_i.
    if (capacity[i] > 0) toAll += (squaredNorm[i] / capacity[i]) * squaredNorm[i];
  }
  let inside = 0;
  for (const x of spectrum) inside += x ** 4;
  let gamma = 0;
  for (let k = 0; k < rank; k++) gamma += (spectrum[k] * spectrum[k]) / rank;
  const spread = spectrum[0] ** 2 - spectrum[rank - 1] ** 2;
  return {
    features,
    dims: rank,
    capacity: sum,
    gamma,
    tightness: gamma > 0 ? spread / gamma : 0,
    leakage: toAll > 0 ? Math.max(0, 1 - inside / toAll) : 0,
  };
}

/** The structure of a zero matrix. */
function nothing(w: Embedding): BlockStructure {
  const level = { from: 0, to: null, groups: 0, largest: 0 };
  return {
    dims: w.dims,
    features: w.features,
    rank: 0,
    verdict: 'none',
    components: [],
    eigenspaces: [],
    ignored: Array.from({ length: w.features }, (_, i) => i),
    full: [],
    noise: 0,
    evidence: {
      level,
      threshold: 0,
      noise: 0,
      chanceOfNoise: 1,
      chanceOfIsotropy: 1,
      crossCosine: 0,
      isotropicCosine: 1,
    },
    levels: [],
  };
}
