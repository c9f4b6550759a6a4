import type { Embedding } from '../../embedding/embedding.ts';
import { subBlock, type BlockVectors } from './block.ts';
import { directionEvidence, logFactorial, logSphere } from './evidence.ts';
import { withFewestFlips } from './fewest-flips.ts';
import { fitDirections, type DirectionsFit } from './fit-directions.ts';
import type { NamedShape, Stretch } from './named-shape.ts';
import { chiSquareBound } from './noise.ts';

/** A shape that a block's features make to within the noise. */
export interface Candidate {
  readonly name: string;
  /** Features of the block, in the order of the shape's vertices. */
  readonly order: readonly number[];
  readonly flipped: ReadonlySet<number>;
  /** The shape: unit vectors in vertex order. */
  readonly directions: Embedding;
  readonly fit: DirectionsFit;
  /** sum |w_i - shape_i|^2 that was judged. */
  readonly left: number;
  /** The most that noise of this level would leave. */
  readonly bound: number;
  /** ln Bayes factor against random directions in the shape's own span; see `directionEvidence`. */
  readonly logEvidence: number;
  readonly stretchKind: Stretch['kind'] | null;
  readonly stretchRatio: number;
  readonly height: NamedShape['height'];
  readonly factors: readonly NamedShape[];
}

/** A shape with its features in place, before it is held against the noise. */
export interface Proposal {
  readonly name: string;
  readonly order: readonly number[];
  readonly flipped: ReadonlySet<number>;
  readonly directions: Embedding;
  /** ln of how many permutations of the vertices are rotations or reflections. */
  readonly logSymmetries: number;
  /** How many antipodal pairs of vertices there are: with free signs, their features can be exchanged. */
  readonly antipodes: number;
  /** How many parameters of the directions were fitted. */
  readonly parameters?: number;
  /** The most that may be left inside the shape's span, where it binds lengths too. */
  readonly insideBound?: number;
}

/**
 * Holds a proposal against the noise: what is left inside and outside the shape's span must not exceed what a
 * chi-square of their degrees of freedom allows. Lengths are free and must be positive. Null where it fails.
 *
 * Inside, N vectors of d dims have N d numbers, of which N lengths, d (d - 1) / 2 angles of the rotation and the
 * parameters were fitted; outside, (N - d)(D - d) are left, once the span is chosen.
 */
export function weigh(block: BlockVectors, proposal: Proposal): Candidate | null {
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

/** The most that noise leaves outside the best d of the D dimensions, in sum over n features. */
export function outsideBound(
  block: Pick<BlockVectors, 'sigma'> & { readonly w: Pick<Embedding, 'dims'> },
  n: number,
  d: number,
): number {
  return noiseBound(block, n, (n - d) * (block.w.dims - d));
}

/** The most that noise leaves of n features' vectors where so many degrees of freedom are left, and rounding at least. */
export function noiseBound(
  { sigma }: Pick<BlockVectors, 'sigma'>,
  n: number,
  freedom: number,
): number {
  return sigma ** 2 * chiSquareBound(freedom) + n * ROUNDING;
}

/** What rounding leaves of a vector of length 1 where nothing is free: squared, and generously. */
const ROUNDING = 1e-24;

/** ln of how many ways there are to hand the vertices to the features, and signs where these are free. */
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
 * ln Bayes factor of a candidate that stands alone. An antipodal pair's directions are two points in its own span; it is
 * judged against two random directions of the whole space instead, of which one given the other is on a sphere about
 * as wide as the shorter of the two. In one dimension there is nothing else that two opposite vectors could be.
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
