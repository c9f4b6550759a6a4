import type { Embedding } from '../../embedding/embedding.ts';
import { leftSingular } from '../../embedding/singular.ts';
import { MAX_NAMED_FEATURES, subBlock, takeBlock, type BlockVectors } from './block.ts';
import { evidenceAlone, noiseBound, outsideBound, type Candidate } from './candidate.ts';
import { posterior } from './evidence.ts';
import type { NamedShape, NameShapeOptions, Stretch } from './named-shape.ts';
import { polygonName } from './polytope.ts';
import { productShape, type Factor } from './product-shape.ts';
import { regularShapes } from './regular-shapes.ts';
import { stretchedPolygons } from './stretched-polygon.ts';
import { orthogonalParts } from './tegum-factors.ts';

/**
 * Names the shape that features form: a polytope up to rotation, permutation, lengths and, if `signs` are free, signs of
 * features.
 *
 * Cosines propose shapes: features are assigned to the vertices of a polytope by rotation-invariant quantities, and orthogonal
 * parts are named separately and combined to tegum products. Each proposal is fitted (best rotation, free lengths). It is
 * accepted if noise of the given level explains the residual, at a significance of 1e-4 (chi-square). The most probable
 * accepted shape gives the name, if it is more probable than random directions; see `confidence`. Shapes with the same
 * directions but unequal lengths have the same name; see `unequalLengths`.
 *
 * Recognised, of any size: antipodal pair, simplex, polygon, cross-polytope, bipyramid on a triangle or pentagon,
 * triangular prism and square antiprism (of any height from 0.4 to 0.75), cube, icosahedron, and tegum products of these. More than 2048 features are always `unordered`.
 *
 * @param w the embedding, D x N.
 * @param features indices of the features; by default all.
 * @param options see {@link NameShapeOptions}.
 * @returns the name of the shape, with its confidence and error.
 * @throws RangeError if a feature is not in the embedding or is given twice, a number is not finite, or the noise level is
 *   negative.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { nameShape } from 'polysem/geometry';
 * nameShape(embeddingFromVectors([[1, 0], [0, 1], [-1, 0], [0, -1]])).name; // 'square'
 * ```
 */
export function nameShape(
  w: Embedding,
  features: readonly number[] = Array.from({ length: w.features }, (_, i) => i),
  options: NameShapeOptions = {},
): NamedShape {
  const { block, ignored } = takeBlock(w, features, options);
  if (block === null) return { ...unnamed('none', [], 0), ignored };
  if (block.numbers.length > MAX_NAMED_FEATURES) {
    const { values } = leftSingular(block.w);
    return unorderedShape(block.numbers, ignored, values, block.sigma, w.dims);
  }
  const strict = nameBlock({ ...block, freeSigns: false });
  if (strict.recognised || !block.freeSigns) return { ...strict, ignored };
  const free = nameBlock(block);
  return { ...(free.recognised ? free : strict), ignored };
}

/** Least posterior probability of a named shape. */
const MAJORITY = 0.5;

/** The most probable shape of a block, including tegum products. */
function nameBlock(block: BlockVectors): NamedShape {
  const { products, factors } = productShapes(block);
  const { shape } = choose(block, products, MAJORITY);
  return shape.recognised ? shape : { ...shape, factors };
}

/**
 * Chooses the most probable of the accepted shapes, including tegum products. Stretched polygons, alone or as factors, are
 * candidates only if no shape with regular directions is accepted: with more free parameters they would fit the noise.
 *
 * @param least least probability of a name; 0 for a factor, since a product is tested as a whole.
 */
function choose(
  block: BlockVectors,
  products: readonly Candidate[],
  least: number,
): { shape: NamedShape; candidate: Candidate | null } {
  const all = [...regularShapes(block), ...products];
  const regular = all.filter((candidate) => !isStretched(candidate));
  const candidates = regular.length > 0 ? regular : [...all, ...stretchedPolygons(block)];
  const evidence = candidates.map((candidate) => evidenceAlone(block, candidate));
  const best = evidence.indexOf(Math.max(...evidence));
  const others = evidence.filter((_, at) => at !== best);
  const confidence = best < 0 ? 0 : posterior(evidence[best], others);
  if (best >= 0 && confidence >= least) {
    const candidate = candidates[best];
    return { shape: recognised(block, candidate, confidence), candidate };
  }
  const { numbers } = block;
  const rank = noisyRank(block);
  // Two vectors on one line that are not antipodal have the same direction.
  const pair = rank === 1 ? 'parallel pair' : 'oblique pair';
  const name = numbers.length === 2 ? pair : 'unordered';
  const shape = { ...unnamed(name, numbers, rank), confidence: 1 - confidence };
  return { shape, candidate: null };
}

function isStretched({ stretchKind, factors }: Candidate): boolean {
  return (
    stretchKind !== null ||
    factors.some(({ stretch }) => stretch !== null && stretch.kind !== 'lengths')
  );
}

/** Tegum products of at least two factors, and the shapes of the finest orthogonal parts. */
function productShapes(block: BlockVectors): { products: Candidate[]; factors: NamedShape[] } {
  const products: Candidate[] = [];
  let last: NamedShape[] = [];
  for (const parts of orthogonalParts(block)) {
    const named = parts.map((part) => ({ part, ...choose(subBlock(block, part), [], 0) }));
    last = named.map(({ shape }) => shape);
    const factors: Factor[] = named.flatMap(({ part, shape, candidate }) =>
      candidate === null ? [] : [{ part, shape, candidate }],
    );
    if (factors.length < parts.length) continue;
    const product = productShape(block, factors);
    if (product !== null) products.push(product);
  }
  return { products, factors: last };
}

function recognised(block: BlockVectors, candidate: Candidate, confidence: number): NamedShape {
  const { fit, order, directions, left, bound } = candidate;
  const { numbers, w } = block;
  const n = order.length;
  const excess = fit.equalLengths - fit.inside - fit.outside;
  const unequalLengths = excess > noiseBound(block, n, n - 1);
  let total = 0;
  for (let at = 0; at < w.data.length; at++) total += w.data[at] * w.data[at];
  const stretch = stretchOf(candidate, unequalLengths);
  let { name } = candidate;
  if (n === 2 && directions.dims === 1 && unequalLengths) name = 'unequal antipodal pair';
  if (stretch?.kind === 'lengths') name = `stretched ${polygonName(n)}`;
  return {
    name,
    recognised: true,
    features: order.map((i) => numbers[i]),
    ignored: [],
    dims: directions.dims,
    factors: candidate.factors,
    confidence,
    error: Math.sqrt(left / total),
    tolerance: Math.sqrt(bound / total),
    unequalLengths,
    stretch,
    height: candidate.height,
    flipped: order.filter((i) => candidate.flipped.has(i)).map((i) => numbers[i]),
  };
}

function stretchOf(candidate: Candidate, unequalLengths: boolean): Stretch | null {
  const { stretchKind, stretchRatio, name, order, fit, directions } = candidate;
  if (stretchKind !== null) return { kind: stretchKind, ratio: stretchRatio };
  const isPolygon = directions.dims === 2 && name === polygonName(order.length);
  if (!unequalLengths || !isPolygon) return null;
  return { kind: 'lengths', ratio: Math.max(...fit.lengths) / Math.min(...fit.lengths) };
}

function unnamed(name: string, features: readonly number[], dims: number): NamedShape {
  return {
    name,
    recognised: false,
    features,
    ignored: [],
    dims,
    factors: [],
    confidence: 1,
    error: NaN,
    tolerance: NaN,
    unequalLengths: false,
    stretch: null,
    height: null,
    flipped: [],
  };
}

/** The smallest number of dimensions outside of which noise explains the features. */
function noisyRank(block: BlockVectors): number {
  return rankOutsideNoise(
    leftSingular(block.w).values,
    block.numbers.length,
    block.sigma,
    block.w.dims,
  );
}

function rankOutsideNoise(
  values: Float64Array,
  features: number,
  sigma: number,
  dims: number,
): number {
  let outside = 0;
  for (let rank = values.length; rank > 1; rank--) {
    outside += values[rank - 1] ** 2;
    if (outside > outsideBound({ sigma, w: { dims } }, features, rank - 1)) return rank;
  }
  return 1;
}

/**
 * The shape of more features than {@link MAX_NAMED_FEATURES}, which is not searched.
 *
 * @param ignored features no longer than the noise, see `longEnough`.
 * @param values singular values of the other features, in units of the mean length of all.
 * @param sigma standard deviation of the noise per entry, in the same units.
 */
export function unorderedShape(
  features: readonly number[],
  ignored: readonly number[],
  values: Float64Array,
  sigma: number,
  dims: number,
): NamedShape {
  const rank = rankOutsideNoise(values, features.length, sigma, dims);
  return { ...unnamed('unordered', features, rank), ignored };
}
