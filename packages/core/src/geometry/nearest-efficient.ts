import type { Embedding } from '../embedding/embedding.ts';
import { measureCapacity } from '../capacity/measure.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import { arranged, settle, type Arrangement, type Part } from './arrangement.ts';
import type { BlockStructure } from './block-structure.ts';
import { featuresOf } from './vector-queries.ts';
import { distanceBetween, partsOf } from './efficient-form.ts';
import { findBlocks } from './find-blocks.ts';
import { groupsOf } from './cross-sums.ts';
import { linkTree } from './link-tree.ts';
import { LEAST_GAIN, withMoves } from './move-features.ts';

/** The nearest efficient matrix found, and its distance. */
export interface NearestEfficient {
  /** X, efficient: its capacities sum to its rank. */
  readonly embedding: Embedding;
  /** |W - X|, Frobenius. */
  readonly distance: number;
  /** `distance` / |W|; 0 for a zero matrix. */
  readonly relativeDistance: number;
  /** Blocks of X; features in no block are zero vectors in X. */
  readonly blocks: readonly {
    readonly features: readonly number[];
    readonly dims: number;
    readonly gamma: number;
  }[];
}

/** Most multiplications per round of moving features. */
const MAX_MOVES_COST = 1e7;
/** Largest features x rank^2 for trying cuts of the link tree. */
const MAX_DIVISIONS_COST = 2e5;
/** Number of cuts of the link tree to try. */
const DIVISIONS = 12;
/** Steps of the alternation before the best starts are chosen. */
const TRIAL_STEPS = 6;
/** Number of starts that are then continued. */
const FINALISTS = 2;
/** Most rounds of moving features. */
const ROUNDS = 20;

/**
 * Searches the efficient matrix X nearest to W in the Frobenius norm, of the rank of W (or, if W has blocks, of its rank above
 * the noise). If W is efficient, X equals W.
 *
 * The search starts from W as one block, from the components and eigenspaces of its structure and, in small matrices, from
 * cuts of its link tree. It runs a few steps of the alternation (`settle`) from each start, and continues the best two to a
 * stationary point. In small matrices it then moves single features between blocks as long as that reduces the distance.
 *
 * Guarantees: X is efficient. It is at least as near as the scaled polar factor of W, which is the nearest matrix with one
 * block. If features were moved, neither a single move nor another Q, gamma or R_k alone reduces the distance. The global
 * optimum over all partitions is not guaranteed.
 *
 * @param w the embedding, D x N.
 * @param structure the blocks of W, by default `findBlocks(w)`.
 * @returns X, its distance to W, and its blocks.
 * @throws RangeError if W holds a number that is not finite.
 * @example
 * ```js
 * import { embeddingFromVectors } from '@polysem/core';
 * import { nearestEfficient } from '@polysem/core/geometry';
 * const w = embeddingFromVectors([[1, 0], [0, 2]]);
 * nearestEfficient(w).relativeDistance < 1e-12; // true
 * ```
 */
export function nearestEfficient(
  w: Embedding,
  structure: BlockStructure = findBlocks(w),
): NearestEfficient {
  const scale = powerOfTwoScale(w, 'nearestEfficient');
  if (scale !== 1) return inUnitsOf(scale, nearestEfficient(rescaled(w, scale), structure));
  const { leverage, rank: full } = measureCapacity(w);
  const { components, eigenspaces, verdict } = structure;
  if (components.length === 0) {
    return { embedding: arranged(settle(w, []), w), distance: 0, relativeDistance: 0, blocks: [] };
  }
  const found = components.reduce((total, { dims }) => total + dims, 0);
  const rank = verdict === 'blocks' ? Math.min(full, found) : full;
  const placed = components.flatMap(({ features }) => features).toSorted((i, j) => i - j);
  const starts: (readonly Part[])[] = [[{ features: placed, dims: Math.min(rank, placed.length) }]];
  if (verdict === 'blocks') starts.push(components, eigenspaces);
  if (placed.length * rank * rank <= MAX_DIVISIONS_COST) starts.push(...divisions(w, placed, rank));

  const tried = starts.map((start) =>
    settle(w, partsOf(start, rank, leverage), undefined, TRIAL_STEPS),
  );
  const settled = byGain(tried)
    .slice(0, FINALISTS)
    .map(({ parts, basis }) => settle(w, parts, basis));
  const at = moved(w, byGain(settled)[0]);
  const x = arranged(at, w);
  const { distance, relative } = distanceBetween(w, x);
  return {
    embedding: x,
    distance,
    relativeDistance: relative,
    blocks: at.parts.map(({ features, dims }, k) => ({ features, dims, gamma: at.gammas[k] })),
  };
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
  const squaredNorm = new Float64Array(placed.length);
  part.data.forEach((x, j) => {
    squaredNorm[Math.floor(j / w.dims)] += x * x;
  });
  const tree = linkTree(part, squaredNorm);
  const out: Part[][] = [];
  for (let links = 1; links < Math.min(rank, DIVISIONS, placed.length); links++) {
    const groups: number[][] = Array.from({ length: links + 1 }, () => []);
    groupsOf(tree, placed.length, links).forEach((g, i) => groups[g].push(placed[i]));
    out.push(groups.map((features) => ({ features, dims: Math.min(features.length, rank) })));
  }
  return out;
}

/** Alternates between moving features and `settle` until the distance no longer decreases. */
function moved(w: Embedding, start: Arrangement): Arrangement {
  let at = start;
  const work = at.parts.reduce((sum, { features, dims }) => sum + features.length * dims * dims, 0);
  if (at.parts.length < 2 || work * w.features > MAX_MOVES_COST) return at;
  for (let round = 0; round < ROUNDS; round++) {
    const next = settle(w, withMoves(w, at), at.basis);
    if (next.gain <= at.gain * (1 + LEAST_GAIN)) break;
    at = next;
  }
  return at;
}
