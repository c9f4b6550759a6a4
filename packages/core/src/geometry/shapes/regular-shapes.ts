import type { Embedding } from '../../embedding/embedding.ts';
import { gram } from '../../embedding/gram.ts';
import { leftSingular } from '../../embedding/singular.ts';
import { forEachInBasis } from '../../embedding/coordinates.ts';
import { assignVertices } from './assign-vertices.ts';
import { cosineBound, type BlockVectors } from './block.ts';
import { outsideBound, testProposal, type Candidate } from './candidate.ts';
import { logFactorial } from './evidence.ts';
import { nameAntiprism, nameTriangularPrism } from './fitted-height.ts';
import { polygonOrders } from './polygon-order.ts';
import { polygonName, polytope, simplexName } from './polytope.ts';

/**
 * Finds the shapes with the directions of a regular polytope that fit a block, except tegum products: single vector, antipodal
 * pair, simplex, polygon, triangular prism, square antiprism, cube and icosahedron.
 */
export function regularShapes(block: BlockVectors): Candidate[] {
  const n = block.numbers.length;
  const found: (Candidate | null)[] = [];
  if (n === 1) {
    const [directions, order] = [polytope('single'), [0]];
    const flipped = new Set<number>();
    found.push(
      testProposal(block, {
        name: 'single',
        order,
        flipped,
        directions,
        logSymmetries: 0,
        antipodes: 0,
      }),
    );
  }
  if (n >= 2 && n !== 3) found.push(simplexShape(block));
  if (n === 3 || n >= 5) found.push(polygonShape(block));
  if (n === 6) found.push(nameTriangularPrism(block));
  if (n === 8) found.push(nameAntiprism(block), solid(block, 'cube', 48, 4));
  if (n === 12) found.push(solid(block, 'icosahedron', 120, 6));
  return found.filter((candidate) => candidate !== null);
}

/** Simplex: all cosines are -1 / d, so every order is equivalent. With free signs, the cosines of the first feature give the signs. */
function simplexShape(block: BlockVectors): Candidate | null {
  const { cosines, freeSigns } = block;
  const n = block.numbers.length;
  if (n - 1 > block.w.dims) return null;
  const wanted = -1 / (n - 1);
  const order = Array.from({ length: n }, (_, i) => i);
  const turned = order.filter((j) => freeSigns && j > 0 && cosines[j] > 0);
  const flipped = new Set(
    2 * turned.length <= n ? turned : order.filter((i) => !turned.includes(i)),
  );
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const sign = flipped.has(i) === flipped.has(j) ? 1 : -1;
      const bound = cosineBound(block, i, j, wanted, FAR);
      if (Math.abs(sign * cosines[i * n + j] - wanted) > bound) return null;
    }
  }
  return testProposal(block, {
    name: simplexName(n - 1),
    order,
    flipped,
    directions: polytope(simplexName(n - 1)),
    logSymmetries: logFactorial(n),
    antipodes: n === 2 ? 1 : 0,
  });
}

/** If a cosine differs by more standard deviations, no fit is tried. */
const FAR = 7;

function polygonShape(block: BlockVectors): Candidate | null {
  const n = block.numbers.length;
  const coordinates = planeCoordinates(block);
  if (coordinates === null) return null;
  const candidates = polygonOrders(coordinates, n, block.freeSigns).map(({ order, flipped }) =>
    testProposal(block, {
      name: polygonName(n),
      order,
      flipped,
      directions: polytope(polygonName(n)),
      logSymmetries: Math.log(2 * n),
      antipodes: n % 2 === 0 ? n / 2 : 0,
    }),
  );
  return candidates.reduce((a, b) => (a === null || (b !== null && b.left < a.left) ? b : a), null);
}

/**
 * Coordinates (N x 2) of the features in the principal axes of the plane that contains most of their squared length; null if
 * noise does not explain what is outside the plane.
 */
export function planeCoordinates(block: BlockVectors): Float64Array | null {
  const { w } = block;
  const n = w.features;
  if (w.dims < 2 || n < 2 || !mayBePlane(block)) return null;
  const { rank, values, vectors } = leftSingular(w);
  if (rank < 2) return null;
  let outside = 0;
  for (let k = 2; k < rank; k++) outside += values[k] * values[k];
  if (outside > outsideBound(block, n, 2)) return null;
  const coordinates = new Float64Array(2 * n);
  forEachInBasis(w, vectors.subarray(0, 2 * w.dims), 2, (i, t) => coordinates.set(t, 2 * i));
  return coordinates;
}

/**
 * Quick test that excludes most blocks that are not planar: if two eigenvalues of S contain the trace except for noise, |G|^2
 * is at least half of the square of what they contain. Cheaper than computing the eigenvalues.
 */
function mayBePlane(block: BlockVectors): boolean {
  const { lengths, cosines } = block;
  const n = lengths.length;
  let trace = 0;
  let square = 0;
  for (let i = 0; i < n; i++) {
    trace += lengths[i] ** 2;
    for (let j = 0; j < n; j++) square += (cosines[i * n + j] * lengths[i] * lengths[j]) ** 2;
  }
  const held = Math.max(0, trace - outsideBound(block, n, 2));
  return square >= (held * held * (1 - 1e-9)) / 2;
}

/** Cube or icosahedron. */
function solid(
  block: BlockVectors,
  name: 'cube' | 'icosahedron',
  symmetries: number,
  antipodes: number,
): Candidate | null {
  const directions: Embedding = polytope(name);
  if (block.w.dims < directions.dims) return null;
  const assignment = assignVertices(block, gram(directions));
  if (assignment === null) return null;
  return testProposal(block, {
    name,
    ...assignment,
    directions,
    logSymmetries: Math.log(symmetries),
    antipodes,
  });
}
