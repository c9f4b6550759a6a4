import { subBlock, type BlockVectors } from './block.ts';
import { noiseBound, outsideBound, type Candidate } from './candidate.ts';
import { logFactorial, logOrthogonal, logSphere } from './evidence.ts';
import { fitDirections } from './fit-directions.ts';
import type { NamedShape } from './named-shape.ts';
import { crossPolytopeName } from './polytope.ts';
import { tegum } from './tegum.ts';

/** A factor of a tegum product: a candidate for a part of a block, with the features of that part, and its named shape. */
export interface Factor {
  readonly candidate: Candidate;
  readonly part: readonly number[];
  readonly shape: NamedShape;
}

/**
 * Combines factors that were found separately to a tegum product. Returns null unless noise explains the components of each
 * factor in the spaces of the others, and the residual outside all of them.
 */
export function productShape(block: BlockVectors, found: readonly Factor[]): Candidate | null {
  const factors = found.toSorted((a, b) => b.part.length - a.part.length || a.part[0] - b.part[0]);
  const directions = tegum(...factors.map(({ candidate }) => candidate.directions));
  if (directions.dims > block.w.dims) return null;
  const order = factors.flatMap(({ candidate, part }) => candidate.order.map((i) => part[i]));
  const flipped = new Set(
    factors.flatMap(({ candidate, part }) => Array.from(candidate.flipped, (i) => part[i])),
  );
  const fit = fitDirections(subBlock(block, order, flipped).w, directions);
  if (fit === null || !fit.lengths.every((s) => s > 0)) return null;

  const d = directions.dims;
  let shared = 0;
  let freedom = 0;
  let feature = 0;
  let axis = 0;
  for (const { candidate } of factors) {
    const own = candidate.directions.dims;
    freedom += candidate.order.length * (d - own) - (own * (d - own)) / 2;
    for (let i = 0; i < candidate.order.length; i++, feature++) {
      for (let k = 0; k < d; k++) {
        if (k < axis || k >= axis + own) shared += fit.coordinates[feature * d + k] ** 2;
      }
    }
    axis += own;
  }
  const sharedBound = noiseBound(block, order.length, freedom);
  const outside = outsideBound(block, order.length, d);
  if (!(shared <= sharedBound && fit.outside <= outside)) return null;
  const within = factors.reduce((sum, { candidate }) => sum + candidate.fit.inside, 0);
  const withinBound = factors.reduce((sum, { candidate }) => {
    const own = candidate.directions.dims;
    return sum + candidate.bound - outsideBound(block, candidate.order.length, own);
  }, 0);
  return {
    name: productName(factors.map(({ shape }) => shape)),
    order,
    flipped,
    directions,
    fit,
    left: within + shared + fit.outside,
    bound: withinBound + sharedBound + outside,
    logEvidence:
      factors.reduce((sum, { candidate }) => sum + candidate.logEvidence, 0) +
      orthogonality(block, factors, shared),
    stretchKind: null,
    stretchRatio: 1,
    height: null,
    factors: factors.map(({ shape }) => shape),
  };
}

/**
 * ln of the Bayes factor of orthogonal factors against random directions in the d dimensions of all factors together: the
 * difference between `directionEvidence` of the product and that of the factors.
 */
function orthogonality(
  { sigma }: BlockVectors,
  factors: readonly Factor[],
  shared: number,
): number {
  const d = factors.reduce((sum, { candidate }) => sum + candidate.directions.dims, 0);
  const features = factors.reduce((sum, { candidate }) => sum + candidate.order.length, 0);
  const logNoise = Math.log(Math.sqrt(2 * Math.PI) * sigma);
  const anywhere = (s: number, dims: number): number =>
    Math.max(0, logSphere(dims) + (dims - 1) * (Math.log(s) - logNoise));
  let sum = -shared / (2 * sigma * sigma) - logOrthogonal(d) - logFactorial(features);
  const alike = new Map<string, number>();
  factors.forEach(({ candidate: { name, fit, directions, order } }, f) => {
    for (const s of fit.lengths) sum += anywhere(s, d) - anywhere(s, directions.dims);
    sum += logOrthogonal(directions.dims) + logFactorial(order.length);
    alike.set(name, (alike.get(name) ?? 0) + 1);
    for (const { candidate: other } of factors.slice(0, f)) {
      for (const a of fit.inertia) {
        for (const b of other.fit.inertia) sum += logNoise - Math.log(a + b) / 2;
      }
    }
  });
  // Factors of the same name are interchangeable.
  for (const count of alike.values()) sum += logFactorial(count);
  return sum;
}

function isPair({ name }: NamedShape): boolean {
  return name.endsWith('antipodal pair');
}

/** Name of a product: `octahedron`, `triangular bipyramid` and the like, otherwise the names of the factors joined by `+`. */
function productName(factors: readonly NamedShape[]): string {
  if (factors.every(isPair)) return crossPolytopeName(factors.length);
  if (factors.length === 2 && isPair(factors[1])) {
    const { dims, features, stretch } = factors[0];
    const isRegular = dims === 2 && (stretch === null || stretch.kind === 'lengths');
    if (isRegular && features.length === 3) return 'triangular bipyramid';
    if (isRegular && features.length === 5) return 'pentagonal bipyramid';
  }
  const counts = new Map<string, number>();
  for (const { name } of factors) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Array.from(counts, ([name, count]) => (count === 1 ? name : `${count} x ${name}`)).join(
    ' + ',
  );
}
