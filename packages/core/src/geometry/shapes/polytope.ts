import { embedding, embeddingFromVectors, type Embedding } from '../../embedding/embedding.ts';
import { antiprism, antiprismHeight, TIGHT_PRISM_HEIGHT, triangularPrism } from './antiprism.ts';
import { tegum } from './tegum.ts';

/**
 * Name of a polytope that occurs in superposition. Families have a number: `9-gon`, `4-simplex` (five vectors in 4
 * dimensions), `4-cross-polytope` (eight vectors in 4 dimensions).
 */
export type PolytopeName =
  | 'single'
  | 'antipodal pair'
  | 'triangle'
  | 'square'
  | 'pentagon'
  | 'hexagon'
  | 'heptagon'
  | 'octagon'
  | 'tetrahedron'
  | 'octahedron'
  | 'cube'
  | 'icosahedron'
  | 'triangular bipyramid'
  | 'pentagonal bipyramid'
  | 'triangular prism'
  | 'tight square antiprism'
  | 'thomson square antiprism'
  | `${number}-gon`
  | `${number}-simplex`
  | `${number}-cross-polytope`;

const GONS = ['triangle', 'square', 'pentagon', 'hexagon', 'heptagon', 'octagon'] as const;

/** Name of the regular n-gon, n >= 3: `pentagon`, and from nine sides on `9-gon`. */
export function polygonName(sides: number): PolytopeName {
  return GONS[sides - 3] ?? `${sides}-gon`;
}

/** Name of the regular simplex in d >= 1 dimensions: an antipodal pair, triangle, tetrahedron, `4-simplex`. */
export function simplexName(dims: number): PolytopeName {
  return (['antipodal pair', 'triangle', 'tetrahedron'] as const)[dims - 1] ?? `${dims}-simplex`;
}

/** Name of d >= 1 orthogonal antipodal pairs: an antipodal pair, square, octahedron, `4-cross-polytope`. */
export function crossPolytopeName(dims: number): PolytopeName {
  return (
    (['antipodal pair', 'square', 'octahedron'] as const)[dims - 1] ?? `${dims}-cross-polytope`
  );
}

/**
 * Returns the vertices of a named polytope: unit vectors around the origin, in the dimensions that they span.
 *
 * A polygon is in the order of angles, a cross-polytope is one antipodal pair after the other, a bipyramid is its polygon and
 * then its apexes, a square antiprism is its two squares, and a triangular prism its two triangles. The prism is the tight one, of
 * height 1 / sqrt 3 and capacities 1/2.
 *
 * @param name see {@link PolytopeName}.
 * @returns an embedding of D x N, one vector per vertex.
 * @throws RangeError if there is no such name, or the number of a family is too small.
 * @example
 * ```js
 * import { polytope } from 'polysem/geometry';
 * polytope('triangle').data; // [1, 0, -0.500, 0.866, -0.500, -0.866]
 * ```
 */
export function polytope(name: PolytopeName): Embedding {
  switch (name) {
    case 'single':
      return embeddingFromVectors([[1]]);
    case 'cube':
      return cube();
    case 'icosahedron':
      return icosahedron();
    case 'tight square antiprism':
      return antiprism(antiprismHeight('tight'));
    case 'thomson square antiprism':
      return antiprism(antiprismHeight('thomson'));
    case 'triangular prism':
      return triangularPrism(TIGHT_PRISM_HEIGHT);
    case 'triangular bipyramid':
      return tegum(polygon(3), simplex(1));
    case 'pentagonal bipyramid':
      return tegum(polygon(5), simplex(1));
    case 'antipodal pair':
      return simplex(1);
    case 'tetrahedron':
      return simplex(3);
    case 'octahedron':
      return crossPolytope(3);
    default:
  }
  const gon = GONS.indexOf(name as (typeof GONS)[number]);
  if (gon >= 0) return polygon(gon + 3);
  const [, count, family] = /^(\d+)-(gon|simplex|cross-polytope)$/.exec(name) ?? [];
  const n = Number(count);
  if (family === 'gon' && n >= 3) return polygon(n);
  if (family === 'simplex' && n >= 1) return simplex(n);
  if (family === 'cross-polytope' && n >= 1) return crossPolytope(n);
  throw new RangeError(
    `polytope: name must be a polytope such as 'pentagon', '9-gon' (from 3), '4-simplex' or '4-cross-polytope' (from 1), got '${name}'`,
  );
}

function polygon(sides: number): Embedding {
  return embeddingFromVectors(
    Array.from({ length: sides }, (_, k) => {
      const turn = (2 * Math.PI * k) / sides;
      return [Math.cos(turn), Math.sin(turn)];
    }),
  );
}

/** A regular simplex: one vertex on the first axis, and the simplex of one dimension less at height -1/d. */
function simplex(dims: number): Embedding {
  const data = new Float64Array((dims + 1) * dims);
  let scale = 1;
  for (let axis = 0; axis < dims; axis++) {
    const rest = dims - axis;
    data[axis * dims + axis] = scale;
    for (let i = axis + 1; i <= dims; i++) data[i * dims + axis] = -scale / rest;
    scale *= Math.sqrt((1 - 1 / rest) * (1 + 1 / rest));
  }
  return embedding(dims, dims + 1, data);
}

function crossPolytope(dims: number): Embedding {
  return tegum(...Array.from({ length: dims }, () => simplex(1)));
}

function cube(): Embedding {
  const side = 1 / Math.sqrt(3);
  return embeddingFromVectors(
    Array.from({ length: 8 }, (_, i) => [4, 2, 1].map((bit) => (i & bit ? -side : side))),
  );
}

/** A regular icosahedron: cyclic permutations of (0, +-1, +-phi), normalised. */
function icosahedron(): Embedding {
  const phi = (1 + Math.sqrt(5)) / 2;
  const short = 1 / Math.hypot(1, phi);
  const vectors: number[][] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (const [a, b] of [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ]) {
      const vector = [0, 0, 0];
      vector[(axis + 1) % 3] = a * short;
      vector[(axis + 2) % 3] = b * short * phi;
      vectors.push(vector);
    }
  }
  return embeddingFromVectors(vectors);
}
