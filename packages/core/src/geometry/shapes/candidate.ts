import type { Embedding } from '../../embedding/embedding.ts';
import { subBlock, type BlockVectors } from './block.ts';
import { directionEvidence, logFactorial, logSphere } from './evidence.ts';
import { withFewestFlips } from './fewest-flips.ts';
import { fitDirections, type DirectionsFit } from './fit-directions.ts';
import type { NamedShape, Stretch } from './named-shape.ts';
import { chiSquareBound } from './noise.ts';

/** A shape that fits the vectors of a block within the noise. */
export interface Candidate {
  readonly name: string;
  /** Features of the block, in the order of the vertices. */
  readonly order: readonly number[];
  readonly flipped: ReadonlySet<number>;
  /** The unit vectors of the shape, in the order of the vertices. */
  readonly directions: Embedding;
  readonly fit: DirectionsFit;
  /** Residual: sum |w_i - shape_i|^2. */
  readonly left: number;
  /** Largest residual that noise of this level explains. */
  readonly bound: number;
  /** ln of the Bayes factor against random directions in the span of the shape; see `directionEvidence`. */
  readonly logEvidence: number;
  readonly stretchKind: Stretch['kind'] | null;
  readonly stretchRatio: number;
  readonly height: NamedShape['height'];
  readonly factors: readonly NamedShape[];
}

/** A shape with assigned features, before it is tested against the noise. */
export interface Proposal {
  readonly name: string;
  readonly order: readonly number[];
  readonly flipped: ReadonlySet<number>;
  readonly directions: Embedding;
  /** ln of the number of permutations of the vertices that are rotations or reflections. */
  readonly logSymmetries: number;
  /** Number of antipodal pairs of vertices; with free signs, the features of a pair can be exchanged. */
  readonly antipodes: number;
  /** Number of fitted parameters of the directions. Default 0. */
  readonly parameters?: number;
  /** Largest residual inside the span of the shape, for shapes that determine lengths as well. */
  readonly insideBound?: number;
}

/**
 * Fits a proposal and tests it against the noise: the residuals inside and outside the span of the shape must be within the
 * chi-square bounds for their degrees of freedom. Lengths are free and must be positive. Returns null if the test fails.
 *
 * Inside the span, N vectors in d dimensions have N d numbers, of which N lengths, d (d - 1) / 2 angles of the rotation and the
 * parameters are fitted. Outside, (N - d)(D - d) degrees of freedom are left once the span is chosen.
 */
export function testProposal(block: BlockVectors, proposal: Proposal): Candidate | null {
  const { name, directions, parameters = 0 } = proposal;
  const { order, flipped } = withFewestFlips(proposal.order, proposal.flipped, directions);
  const turned = subBlock(block, order, flipped);
  const fit = fitDirections(turned.w, directions);
  if (fit === null || !fit.lengths.every((s) => s > 0)) return null;
  const n = order.length;
  const d = directions.dims;
  const inside =
    proposal.insideBound ?? noiseBound(block, n, n * (d - 1) - (d * (d - 1)) / 2 - parameters);
  const outside = outsideBound(block, n, d);
  if (!(fit.inside <= inside && fit.outside <= outside)) return null;
  return {
    name,
    order,
    flipped,
    directions,
    fit,
    left: fit.inside + fit.outside,
    bound: inside + outside,
    logEvidence: directionEvidence(fit, block.sigma, logLabellings(block, proposal)),
    stretchKind: null,
    stretchRatio: 1,
    height: null,
    factors: [],
  };
}

/** Largest residual of n features that noise leaves outside the best d of the D dimensions. */
export function outsideBound(
  block: Pick<BlockVectors, 'sigma'> & { readonly w: Pick<Embedding, 'dims'> },
  n: number,
  d: number,
): number {
  return noiseBound(block, n, (n - d) * (block.w.dims - d));
}

/** Largest residual of n features that noise leaves for this number of degrees of freedom; at least rounding. */
export function noiseBound(
  { sigma }: Pick<BlockVectors, 'sigma'>,
  n: number,
  freedom: number,
): number {
  return sigma ** 2 * chiSquareBound(freedom) + n * ROUNDING;
}

/** Generous bound on the squared rounding error of a unit vector. */
const ROUNDING = 1e-24;

/** ln of the number of ways to assign features to vertices, and signs if they are free, up to symmetry. */
export function logLabellings(
  { freeSigns }: BlockVectors,
  { order, logSymmetries, antipodes }: Pick<Proposal, 'order' | 'logSymmetries' | 'antipodes'>,
): number {
  const permutations = logFactorial(order.length) - logSymmetries;
  return freeSigns
    ? permutations + (order.length - Math.max(1, antipodes)) * Math.LN2
    : permutations;
}

/**
 * ln of the Bayes factor of a candidate that is not a factor of a product. An antipodal pair has only two possible directions
 * in its own span, so it is compared with two random directions of the whole space instead: given the first, the second is on
 * a sphere about as wide as the shorter of the two. In one dimension, two opposite vectors are certainly an antipodal pair.
 */
export function evidenceAlone({ w, sigma, freeSigns }: BlockVectors, candidate: Candidate): number {
  const { fit, order, directions } = candidate;
  if (order.length === 1) return Infinity;
  if (directions.dims > 1) return candidate.logEvidence;
  if (w.dims === 1) return Infinity;
  const scale = 1 / Math.hypot(1 / fit.lengths[0], 1 / fit.lengths[1]);
  const width = Math.log(scale / (Math.sqrt(2 * Math.PI) * sigma));
  return (
    logSphere(w.dims) +
    (w.dims - 1) * width -
    fit.outside / (2 * sigma * sigma) -
    (freeSigns ? Math.LN2 : 0)
  );
}
