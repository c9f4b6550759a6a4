import { inInterval } from '@polysem/numerics/checks';
import type { CapacityMeasurement } from '../capacity/measure.ts';
import { ln, power } from '@polysem/numerics/elementary';
import type { Precision } from '../embedding/feature-source.ts';
import { evidenceOf, levelsAround, type TestedCut } from './block-evidence.ts';
import type { Block, BlockStructure } from './block-structure.ts';
import { isRuledOut, promisingCuts, sigmaOf, weighCut, widestCut, type Cut } from './cuts.ts';
import {
  freedomOf,
  divisionOf,
  logIsotropy,
  logOrder,
  rankAboveNoise,
  type CutProblem,
  type Division,
} from './division.ts';
import { eigenGroups } from './eigen-groups.ts';
import { freedomRanges } from './freedom-range.ts';
import { joinByProjection } from './join-blocks.ts';
import { crossSums, type CrossSums } from './cross-sums.ts';
import type { LinkTree } from './linking.ts';
import { querySpectra, type WithQueries } from './vector-queries.ts';

/** Options of `findBlocks`. */
export interface FindBlocksOptions {
  /** Both null models must give the structure a probability below this, in (0, 1). Default 0.001. */
  readonly significance?: number | undefined;
  /**
   * Smallest noise level to assume, in [0, 1): root mean square length of the noise in a vector, over the mean norm. Inner
   * products that such noise explains count as zero. Default 0, which allows only for rounding. Training leaves inner
   * products of very different sizes, which are not Gaussian noise: use 1e-3 for weights trained to convergence.
   */
  readonly noise?: number | undefined;
  /** Up to this many features all pairs are compared; with more, all features are compared with some. Default 1024. */
  readonly allPairs?: number | undefined;
  /** Seed for choosing the features that all others are compared with. Default 0. */
  readonly seed?: number | undefined;
}

/** Measurements of an embedding that the search for blocks needs. */
export interface KnownFeatures {
  readonly dims: number;
  /** Precision of the numbers of W. */
  readonly precision: Precision;
  readonly measured: Omit<CapacityMeasurement, 'leverage' | 'interference' | 'unresolved'>;
  readonly kept: KeptFeatures;
  /** Link tree of the kept vectors, in units of the mean norm; null if every vector is zero. */
  readonly tree: LinkTree | null;
  /** `crossSums` of the tree, if the caller has them. */
  readonly cross?: CrossSums | undefined;
}

/** The features that are not zero. */
export interface KeptFeatures {
  /** Their indices. */
  readonly places: readonly number[];
  /** Indices of the zero vectors. */
  readonly zeros: readonly number[];
  /** Mean norm of the kept features; 1 if there is none. */
  readonly meanNorm: number;
  /** Squared norms of the kept features, in units of the mean norm. */
  readonly squaredNorm: Float64Array;
}

/** A block structure, with the spectra of its components. */
export interface FoundStructure {
  readonly structure: BlockStructure;
  /** Singular values of each component, including those of noise, largest first. */
  readonly spectra: readonly Float64Array[];
}

/** Rounding error of an inner product of unit vectors, in units in the last place per square root of the dimension. */
const ROUNDINGS = 8;

/** @throws RangeError if an option is out of range. */
export function checkBlockOptions({ significance = 1e-3, noise = 0 }: FindBlocksOptions): void {
  inInterval('significance', significance, 0, 1, '()');
  inInterval('noise', noise, 0, 1, '[)');
}

/** Finds blocks as `findBlocks` does. Requests what it needs to know about the kept vectors, in units of the mean norm. */
export function* blockSearch(
  { dims, precision, measured, kept, tree, cross }: KnownFeatures,
  { significance = 1e-3, noise = 0 }: FindBlocksOptions,
): WithQueries<FoundStructure> {
  if (tree === null) {
    return { structure: structureOfZero(dims, measured.squaredNorm.length), spectra: [] };
  }
  const { places, zeros, meanNorm, squaredNorm } = kept;
  const roundings = precision === 'float32' ? 2 ** -24 : 2 ** -53;
  const rounding = ROUNDINGS * roundings * Math.sqrt(dims);
  const problem: CutProblem = {
    dims,
    features: places.length,
    squaredNorm,
    tree,
    rank: measured.rank,
    cross: cross ?? crossSums(tree, squaredNorm),
    leastSigma: Math.max(rounding / Math.SQRT2, noise / Math.sqrt(dims)),
    significance,
  };
  const found = yield* bestStructure(problem);
  const widest = widestCut(problem);
  const shown =
    found ??
    (widest === undefined ? undefined : withoutJoining(problem, yield* weighCut(problem, widest)));
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
  const groups = eigenspacesOf(whole, sigma, dims, rounding, significance);
  const eigenspaces = yield* joinedComponents(whole, groups, components, toBlock);
  const structure: BlockStructure = {
    dims,
    features: measured.squaredNorm.length,
    rank: measured.rank,
    verdict: components.length > 1 ? 'blocks' : 'none',
    components,
    eigenspaces,
    ignored: [...zeros, ...whole.ignored.map((i) => places[i])].toSorted((i, j) => i - j),
    full: components.flatMap(({ features }) => (features.length === 1 ? features : [])),
    noise: sigma * Math.sqrt(dims),
    evidence: evidenceOf(problem, shown),
    levels: levelsAround(problem, shown?.cut.links ?? 0),
  };
  return { structure, spectra: whole.spectra.map((spectrum) => spectrum.map((x) => x * meanNorm)) };
}

/** Joins each group of components to one block. */
function* joinedComponents(
  { blocks, ranks }: Division,
  groups: readonly (readonly number[])[],
  components: readonly Block[],
  toBlock: (features: readonly number[], spectrum: Float64Array, rank: number) => Block,
): WithQueries<Block[]> {
  const joinedBlocks: Block[] = [];
  for (const group of groups) {
    if (group.length === 1) {
      joinedBlocks.push(components[group[0]]);
      continue;
    }
    const features = group.flatMap((k) => blocks[k]).toSorted((i, j) => i - j);
    const rank = group.reduce((total, k) => total + ranks[k], 0);
    const { spectra } = yield* querySpectra([features], () => 0);
    joinedBlocks.push(toBlock(features, spectra[0], rank));
  }
  return joinedBlocks;
}

/** The structure of W from that of W times a factor. Only gamma depends on the factor. */
export function inUnitsOf(factor: number, structure: BlockStructure): BlockStructure {
  const back = (block: Block): Block => ({ ...block, gamma: block.gamma / factor / factor });
  return {
    ...structure,
    components: structure.components.map(back),
    eigenspaces: structure.eigenspaces.map(back),
  };
}

/** Vectors shorter than this fraction of the longest one are rounding errors and count as zero. */
const ZERO_LENGTH = 2 ** -50;

/** Separates zero vectors from the others, given the squared norms of all features. */
export function withoutZeros(squaredNorm: Float64Array): KeptFeatures {
  let longest = 0;
  for (const n of squaredNorm) longest = Math.max(longest, Math.sqrt(n));
  const places: number[] = [];
  const zeros: number[] = [];
  let total = 0;
  squaredNorm.forEach((n, i) => {
    const norm = Math.sqrt(n);
    if (norm <= ZERO_LENGTH * longest) {
      zeros.push(i);
      return;
    }
    places.push(i);
    total += norm;
  });
  const meanNorm = places.length === 0 ? 1 : total / places.length;
  const own = Float64Array.from(places, (i) => squaredNorm[i] / meanNorm / meanNorm);
  return { places, zeros, meanNorm, squaredNorm: own };
}

/** A cut is beyond doubt if its probability under noise is below this power of the significance. */
const BEYOND_DOUBT = 3;

/**
 * Finds the cut with the fewest groups that passes all tests and is beyond doubt under the null model of noise; if there is
 * none, the most significant cut that passes; otherwise undefined.
 */
function* bestStructure(problem: CutProblem): WithQueries<TestedCut | undefined> {
  const limit = ln(problem.significance);
  let best: TestedCut | undefined;
  const cuts = promisingCuts(problem);
  const ranges = freedomRanges(problem, cuts, (links) => sigmaOf(problem, links));
  for (const [k, links] of cuts.entries()) {
    const most = Math.min(limit, best?.cut.logNoise ?? limit);
    if (isRuledOut(problem, links, ranges[k], most)) continue;
    const cut = yield* weighCut(problem, links);
    if (cut.logNoise >= limit || cut.logCut < limit) continue;
    if (best !== undefined && cut.logNoise >= best.cut.logNoise) continue;
    const found = yield* withJoining(problem, cut);
    if (found.logIsotropy >= limit) continue;
    if ((yield* logOrder(problem, found.division, cut.sigma)) < limit) continue;
    best = found;
    if (cut.logNoise < BEYOND_DOUBT * limit) break;
  }
  return best;
}

/** A cut without joining blocks. */
function withoutJoining(problem: CutProblem, cut: Cut): TestedCut {
  return { cut, division: cut.division, logIsotropy: logIsotropy(problem, cut.division) };
}

function* withJoining(problem: CutProblem, cut: Cut): WithQueries<TestedCut> {
  const division = yield* joined(problem, cut);
  return { cut, division, logIsotropy: logIsotropy(problem, division) };
}

/**
 * Joins blocks of a cut that all pairs together show to belong together. Where noise has heavier tails than a Gaussian, sums
 * over many pairs are not chi-square; then only ignored features are joined to blocks.
 */
function* joined(problem: CutProblem, { division, sigma, tails }: Cut): WithQueries<Division> {
  // If noise is only rounding, the links are conclusive.
  if (sigma <= problem.leastSigma) return division;
  const onlyIgnored = tails < freedomOf(division);
  let at = division;
  for (;;) {
    const groups = yield* joinByProjection(problem, at, sigma, onlyIgnored);
    if (groups.length === at.blocks.length + at.ignored.length) return at;
    at = yield* divisionOf(problem, groups, sigma);
  }
}

/** The division with all features in one block. */
function undivided(problem: CutProblem, singularValues: Float64Array, unit: number): Division {
  const { features, leastSigma } = problem;
  const spectrum = singularValues.map((x) => x / unit);
  return {
    blocks: [Array.from({ length: features }, (_, i) => i)],
    spectra: [spectrum],
    bases: [],
    ranks: [rankAboveNoise(spectrum, features, problem, leastSigma)],
    ignored: [],
  };
}

/** Groups of blocks that have an eigenvalue in common, up to the noise. */
function eigenspacesOf(
  { blocks, spectra, ranks }: Division,
  sigma: number,
  dims: number,
  rounding: number,
  significance: number,
): number[][] {
  if (blocks.length < 2) return blocks.map((_, k) => [k]);
  const largest = spectra.map(([x]) => x ** 2).reduce((a, b) => Math.max(a, b));
  return eigenGroups(
    spectra.map((spectrum, k) => ({
      eigenvalues: spectrum.slice(0, ranks[k]).map((x) => x * x),
      features: blocks[k].length,
    })),
    { sigma, rounding: rounding * Math.sqrt(dims) * largest, significance },
  );
}

/** Measures one block, given the singular values of its features and the capacities of all features. */
function measureBlock(
  features: readonly number[],
  spectrum: Float64Array,
  rank: number,
  { capacity, squaredNorm }: Pick<CapacityMeasurement, 'capacity' | 'squaredNorm'>,
): Block {
  let sum = 0;
  let toAll = 0;
  for (const i of features) {
    sum += capacity[i];
    // sum_j (w_i . w_j)^2 = n_i^2 / C_i.
    if (capacity[i] > 0) toAll += (squaredNorm[i] / capacity[i]) * squaredNorm[i];
  }
  let inside = 0;
  for (const x of spectrum) inside += power(x, 4);
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
function structureOfZero(dims: number, features: number): BlockStructure {
  const level = { from: 0, to: null, groups: 0, largest: 0 };
  return {
    dims,
    features,
    rank: 0,
    verdict: 'none',
    components: [],
    eigenspaces: [],
    ignored: Array.from({ length: features }, (_, i) => i),
    full: [],
    noise: 0,
    evidence: {
      level,
      threshold: 0,
      compared: null,
      noise: 0,
      chanceOfNoise: 1,
      chanceOfIsotropy: 1,
      crossCosine: 0,
      isotropicCosine: 1,
    },
    levels: [],
  };
}
