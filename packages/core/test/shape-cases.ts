import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import { takeBlock, type BlockVectors } from '../src/geometry/shapes/block.ts';
import type { PolytopeName } from '../src/geometry/shapes/polytope.ts';
import { orthonormaliseRows } from '../../numerics/src/linalg/orthonormal-rows.ts';
import { normal, uniformBetween } from '@polysem/numerics/random';
import type { Generator } from '@polysem/numerics/random';
import { permutation } from '@polysem/numerics/random';

/** Every kind of shape, and some members of each family. */
export const SHAPES: readonly PolytopeName[] = [
  'single',
  'antipodal pair',
  'triangle',
  'square',
  'pentagon',
  'hexagon',
  'heptagon',
  'octagon',
  '12-gon',
  'tetrahedron',
  '4-simplex',
  '9-simplex',
  'octahedron',
  '4-cross-polytope',
  '8-cross-polytope',
  'triangular bipyramid',
  'pentagonal bipyramid',
  'triangular prism',
  'tight square antiprism',
  'thomson square antiprism',
  'cube',
  'icosahedron',
];
/** Parameters of a random copy of a shape. */
export interface Disguise {
  /** Spare dimensions. */
  readonly spare?: number;
  /** Expected length of the noise over the mean length. */
  readonly noise?: number;
  /** Lengths lie between 1 / spread and spread, uniform in the logarithm. */
  readonly spread?: number;
  readonly scale?: number;
}

/** A shape in a random orientation, its features in a random order, with random lengths and noise. */
export function disguised(
  shape: Embedding,
  seed: number,
  { spare = 0, noise = 0, spread = 1, scale = 1 }: Disguise,
): { readonly w: Embedding; readonly order: Uint32Array } {
  const g = childGenerator(generator(2210), seed);
  const dims = shape.dims + spare;
  const axes = orthonormal(g, shape.dims, dims);
  const order = permutation(g, shape.features);
  const range = Math.log(spread);
  const factors = Array.from(order, () => scale * Math.exp(uniformBetween(g, -range, range)));
  const data = new Float64Array(shape.features * dims);
  let mean = 0;
  order.forEach((to, i) => {
    for (let a = 0; a < dims; a++) {
      for (let k = 0; k < shape.dims; k++) {
        data[to * dims + a] += factors[i] * shape.data[i * shape.dims + k] * axes[k * dims + a];
      }
    }
    mean += Math.hypot(...data.subarray(to * dims, (to + 1) * dims)) / shape.features;
  });
  const sigma = (noise * mean) / meanLength(dims);
  for (let at = 0; at < data.length; at++) data[at] += sigma * normal(g);
  return { w: embedding(dims, shape.features, data), order };
}

/** Rows of a random orthogonal matrix. */
export function orthonormal(g: Generator, rows: number, columns: number): Float64Array {
  const matrix = Float64Array.from({ length: rows * columns }, () => normal(g));
  orthonormaliseRows(matrix, columns);
  return matrix;
}

/** A random tight frame: D rows of a random orthogonal N x N matrix. */
export function randomTightFrame(dims: number, features: number, seed: number): Embedding {
  const rows = orthonormal(generator(seed), dims, features);
  const data = Float64Array.from(
    rows,
    (_, at) => rows[(at % dims) * features + Math.floor(at / dims)],
  );
  return embedding(dims, features, data);
}

/** E |x| of a standard normal vector, from the double factorials in its closed form. */
export function meanLength(n: number): number {
  const doubleFactorial = (k: number): number => (k <= 0 ? 1 : k * doubleFactorial(k - 2));
  const ratio = doubleFactorial(n - 1) / doubleFactorial(n - 2);
  return ratio * Math.sqrt(n % 2 === 1 ? 2 / Math.PI : Math.PI / 2);
}

/** The vectors of an embedding as a block whose shape is to be named. */
export function blockOf(w: Embedding, options: Parameters<typeof takeBlock>[2]): BlockVectors {
  const all = Array.from({ length: w.features }, (_, i) => i);
  const { block } = takeBlock(w, all, options);
  if (block === null) throw new Error('all features are within the noise');
  return block;
}
