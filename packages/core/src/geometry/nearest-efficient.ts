import type { Embedding } from '../embedding/embedding.ts';
import { measureCapacity } from '../capacity/measure.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import { arranged, settle, type Arrangement, type Part } from './arrangement.ts';
import type { BlockStructure } from './block-structure.ts';
import { featuresOf } from './questions.ts';
import { distanceBetween, partsOf } from './efficient-form.ts';
import { findBlocks } from './find-blocks.ts';
import { groupsOf } from './cross-sums.ts';
import { linkTree } from './link-tree.ts';
import { withMoves, WORTH } from './move-features.ts';

/** The efficient matrix found nearest to W, and how far it is. */
export interface NearestEfficient {
  /** X, efficient: its capacities sum to its rank. */
  readonly embedding: Embedding;
  /** |W - X|, Frobenius. */
  readonly distance: number;
  /** The same over |W|; 0 for a zero matrix. */
  readonly relativeDistance: number;
  /** X's blocks; features in none are zero in X. */
  readonly blocks: readonly {
    readonly features: readonly number[];
    readonly dims: number;
    readonly gamma: number;
  }[];
}

/** Multiplications that trying to move features may take in one round. */
const MOVES_WORK = 1e7;
/** Other divisions than those of the structure are tried while features x rank^2 is at most this. */
const DIVISIONS_WORK = 2e5;
const DIVISIONS = 12;
/** Steps of the alternation that decide between starts, and how many starts then go on. */
const TRIAL_STEPS = 6;
const FINALISTS = 2;
const ROUNDS = 20;

/**
 * Looks for the efficient matrix X of W's rank (its rank above the noise, where there are blocks) nearest to W in the
 * Frobenius norm. A matrix that is efficient already comes back as it is.
 *
 * Starts from W as one block, from the components and the eigenspaces of its structure, and, in small matrices, from
 * cuts of its link tree; alternates each a little and the best two to a stationary point (`settle`); then, where it is cheap enough, moves single
 * features between the blocks of the best as long as that brings it nearer.
 *
 * What is guaranteed: X is efficient; the distance is at most that of W's own semi-orthogonal polar factor, scaled, which is
 * the nearest matrix of one block; and no single move of a feature, nor another choice of Q, gammas and R_k alone, is
 * better, if moves were affordable. The global optimum over all partitions is not guaranteed.
 *
 * @throws RangeError if W holds a number that is not finite.
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
  if (placed.length * rank * rank <= DIVISIONS_WORK) starts.push(...divisions(w, placed, rank));

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

/** What is nearest to W from what is nearest to W times a factor. */
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

/** Groups of the link tree, with one link cut, two, and so on; more dimensions than there are, to be shared out. */
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

/** Moves features to where they bring X nearer, and settles again, until nothing is gained. */
function moved(w: Embedding, start: Arrangement): Arrangement {
  let at = start;
  const work = at.parts.reduce((sum, { features, dims }) => sum + features.length * dims * dims, 0);
  if (at.parts.length < 2 || work * w.features > MOVES_WORK) return at;
  for (let round = 0; round < ROUNDS; round++) {
    const next = settle(w, withMoves(w, at), at.basis);
    if (next.gain <= at.gain * (1 + WORTH)) break;
    at = next;
  }
  return at;
}
