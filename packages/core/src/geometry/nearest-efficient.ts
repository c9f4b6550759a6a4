import type { Embedding } from '../embedding/embedding.ts';
import { measureCapacity, type CapacityMeasurement } from '../capacity/measure.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import { leftSingular } from '../embedding/singular.ts';
import { arrange, arranged, settle, type Arrangement, type Part } from './arrangement.ts';
import type { BlockStructure } from './block-structure.ts';
import { featuresOf } from './vector-queries.ts';
import { distanceBetween, partsOf } from './efficient-form.ts';
import { findBlocks } from './find-blocks.ts';
import { groupsOf } from './cross-sums.ts';
import { linkTree } from './link-tree.ts';
import { LEAST_GAIN, withMoves } from './move-features.ts';
import { bestPairOfAxes } from './plane-optimum.ts';
import { randomArrangements, randomStarts } from './random-arrangements.ts';
import { withRefinedPairs } from './refine-pairs.ts';

/** The nearest efficient matrix found, and its distance. */
export interface NearestEfficient {
  /** X, efficient: its capacities sum to its rank. */
  readonly embedding: Embedding;
  /** |W - X|, Frobenius. */
  readonly distance: number;
  /** `distance` / |W|; 0 for a zero matrix. */
  readonly relativeDistance: number;
  /** 'global' if no efficient matrix of this rank is nearer; 'local' if the search cannot exclude it. */
  readonly optimum: 'global' | 'local';
  /** Blocks of X; features in no block are zero vectors in X. */
  readonly blocks: readonly {
    readonly features: readonly number[];
    readonly dims: number;
    readonly gamma: number;
  }[];
}

/** Parts to be fitted; their leading directions are the first basis where none is given. */
interface Start {
  readonly parts: readonly Part[];
  readonly basis?: Float64Array;
}

/** Relative distance that is only rounding. */
const ROUNDING = 1e-12;
/** Most multiplications per round of moving features, or of joining blocks. */
const MAX_MOVES_COST = 1e7;
/** Largest features x rank^2 for starts other than those of the block structure. */
const MAX_STARTS_COST = 2e5;
/** Number of cuts of the link tree to try. */
const DIVISIONS = 12;
/** Steps of the alternation before the best starts are chosen. */
const TRIAL_STEPS = 6;
/** Number of starts that are then continued, in small and in large matrices. */
const FINALISTS = 8;
const FINALISTS_OF_LARGE = 2;
/** Most rounds of moving features and joining blocks. */
const ROUNDS = 20;

/**
 * Searches the efficient matrix X nearest to W in the Frobenius norm, of the rank of W (or, if W has blocks, of its rank above
 * the noise). If W is efficient, X equals W. Zero vectors of W stay zero.
 *
 * In rank 1 and 2 X is the global optimum: one block is solved by the polar factor, and two blocks by all divisions of the
 * features between two orthogonal axes (`bestPairOfAxes`).
 *
 * In higher rank the search starts from W as one block, from the components and eigenspaces of its structure and, in small
 * matrices, from cuts of its link tree, quartimax axes and random axes. It runs a few steps of the alternation (`settle`) from
 * each start, and continues the best to a stationary point. In small matrices it then moves single features, joins blocks and
 * divides pairs of axes as long as that reduces the distance. The result is a local optimum: X is efficient and at least as
 * near as the scaled polar factor of W, the nearest matrix with one block, but another division may be nearer: for 2 of 100
 * random Gaussian matrices of rank 3 and 4 with 4 to 7 features, 60 further starts found one that was nearer by up to 5 %.
 *
 * @param w the embedding, D x N.
 * @param structure the blocks of W, by default `findBlocks(w)`.
 * @param measured leverages and rank of W, by default `measureCapacity(w)`.
 * @returns X, its distance to W, its blocks, and whether it is the global optimum.
 * @throws RangeError if W holds a number that is not finite.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { nearestEfficient } from 'polysem/geometry';
 * const w = embeddingFromVectors([[1, 0], [0, 2]]);
 * nearestEfficient(w).relativeDistance < 1e-12; // true
 * ```
 */
export function nearestEfficient(
  w: Embedding,
  structure: BlockStructure = findBlocks(w),
  measured: Pick<CapacityMeasurement, 'leverage' | 'rank'> = measureCapacity(w),
): NearestEfficient {
  const scale = powerOfTwoScale(w, 'nearestEfficient');
  if (scale !== 1)
    return inUnitsOf(scale, nearestEfficient(rescaled(w, scale), structure, measured));
  const { leverage, rank: full } = measured;
  const { components, eigenspaces, verdict } = structure;
  if (components.length === 0) {
    const zero = arranged(settle(w, []), w);
    return { embedding: zero, distance: 0, relativeDistance: 0, optimum: 'global', blocks: [] };
  }
  const found = components.reduce((total, { dims }) => total + dims, 0);
  const rank = verdict === 'blocks' ? Math.min(full, found) : full;
  const placed = components.flatMap(({ features }) => features).toSorted((i, j) => i - j);
  const starts: (readonly Part[])[] = [[{ features: placed, dims: Math.min(rank, placed.length) }]];
  if (verdict === 'blocks') starts.push(components, eigenspaces);
  const given = starts.map((start) => ({ parts: partsOf(start, rank, leverage) }));

  const isExact = rank === full && rank <= 2;
  const at = isExact ? bestOfRankTwo(w, rank, given) : bestFound(w, rank, placed, given, leverage);
  const x = arranged(at, w);
  const { distance, relative } = distanceBetween(w, x);
  return {
    embedding: x,
    distance,
    relativeDistance: relative,
    optimum: isExact || relative <= ROUNDING ? 'global' : 'local',
    blocks: at.parts.map(({ features, dims }, k) => ({ features, dims, gamma: at.gammas[k] })),
  };
}

/** The global optimum of rank 1 or 2, with the given parts if they attain it. */
function bestOfRankTwo(w: Embedding, rank: number, given: readonly Start[]): Arrangement {
  const { vectors } = leftSingular(w);
  const features = Array.from({ length: w.features }, (_, i) => i).filter((i) => !isZero(w, i));
  const candidates = given.map(({ parts }) => settle(w, parts));
  candidates.push(arrange(w, [{ features, dims: rank }], vectors));
  const axes = rank === 2 ? bestPairOfAxes(w, features, vectors) : null;
  if (axes !== null) candidates.push(axes);
  return candidates.reduce((a, b) => (b.gain > a.gain * (1 + LEAST_GAIN) ? b : a));
}

function isZero({ dims, data }: Embedding, i: number): boolean {
  for (let d = 0; d < dims; d++) if (data[i * dims + d] !== 0) return false;
  return true;
}

/** The nearest of the local optima that the search finds. */
// Many parameters because they are what the caller has computed of W.
function bestFound(
  w: Embedding,
  rank: number,
  placed: readonly number[],
  given: readonly Start[],
  leverage: Float64Array,
): Arrangement {
  const tried = given.map(({ parts }) => settle(w, parts, undefined, TRIAL_STEPS));
  // The whole as one block is settled in one step, from its leading directions.
  const [settled] = tried;
  const whole = squaredNorm(w) * (1 - LEAST_GAIN);
  const efficient = tried.find(({ gain }) => gain >= whole);
  if (efficient !== undefined) return settle(w, efficient.parts, efficient.basis);
  const isSmall = placed.length * rank ** 2 <= MAX_STARTS_COST && placed.length >= rank;
  if (isSmall) {
    const cuts = divisions(w, placed, rank);
    const starts: Start[] = cuts.map((parts) => ({ parts: partsOf(parts, rank, leverage) }));
    starts.push(...randomArrangements(w, placed, rank, randomStarts(placed.length, rank)));
    tried.push(...starts.map(({ parts, basis }) => settle(w, parts, basis, TRIAL_STEPS)));
  }
  const finished = byGain(tried)
    .slice(0, isSmall ? FINALISTS : FINALISTS_OF_LARGE)
    .map((at) => polished(w, at === settled ? at : settle(w, at.parts, at.basis)));
  return finished.reduce((a, b) => (b.gain > a.gain * (1 + LEAST_GAIN) ? b : a));
}

function squaredNorm({ data }: Embedding): number {
  let sum = 0;
  for (const x of data) sum += x * x;
  return sum;
}

/** The matrix nearest to W, given the one nearest to W times a factor. */
function inUnitsOf(factor: number, found: NearestEfficient): NearestEfficient {
  return {
    ...found,
    embedding: rescaled(found.embedding, 1 / factor),
    distance: found.distance / factor,
    blocks: found.blocks.map((block) => ({ ...block, gamma: block.gamma / factor / factor })),
  };
}

function byGain(arrangements: readonly Arrangement[]): Arrangement[] {
  return arrangements.toSorted((x, y) => y.gain - x.gain);
}

/** Groups of the link tree after cutting one link, two links and so on, with the largest dimensions that they could have. */
function divisions(w: Embedding, placed: readonly number[], rank: number): Part[][] {
  const part = featuresOf(w, placed);
  const squaredNorms = new Float64Array(placed.length);
  part.data.forEach((x, j) => {
    squaredNorms[Math.floor(j / w.dims)] += x * x;
  });
  const tree = linkTree(part, squaredNorms);
  const out: Part[][] = [];
  for (let links = 1; links < Math.min(rank, DIVISIONS, placed.length); links++) {
    const groups: number[][] = Array.from({ length: links + 1 }, () => []);
    groupsOf(tree, placed.length, links).forEach((g, i) => groups[g].push(placed[i]));
    out.push(groups.map((features) => ({ features, dims: Math.min(features.length, rank) })));
  }
  return out;
}

/** Alternates between moving features, joining blocks and `settle` until the distance no longer decreases. */
function polished(w: Embedding, start: Arrangement): Arrangement {
  let at = start;
  for (let round = 0; round < ROUNDS; round++) {
    const work = at.parts.reduce((sum, part) => sum + part.features.length * part.dims ** 2, 0);
    if (work * w.features > MAX_MOVES_COST) break;
    const moved = at.parts.length < 2 ? at : settle(w, withMoves(w, at), at.basis);
    const best = moved.gain > at.gain ? moved : at;
    const pairs = withRefinedPairs(w, best);
    const next = pairs === best ? best : settle(w, pairs.parts, pairs.basis);
    if (next.gain <= at.gain * (1 + LEAST_GAIN)) break;
    at = next;
  }
  return at;
}
