import type { Neighbours } from './neighbours.ts';
import type { Precision } from './precision.ts';
import type { Vectors } from './vectors.ts';

/*
 * Interfaces of the kernels. Each kernel has a version in WebAssembly and a reference in plain TypeScript.
 */

/** Sums over the first vectors. An accumulator can continue from them as if it had added those vectors itself. */
export interface FrameSums {
  /** Number of vectors in the sums. */
  readonly vectors: number;
  /** Rows from .. to - 1 of the lower triangle, one after the other: row r has r + 1 numbers. */
  readonly triangle: Float64Array;
}

/** Rows of S to sum, and their precision. */
export interface FrameAccumulatorOptions {
  /** D, the length of a vector. */
  readonly dims: number;
  /** The first row, 0 <= from <= to. */
  readonly from: number;
  /** The row after the last, to <= dims. */
  readonly to: number;
  /**
   * `float32` multiplies in float32, sums short runs of vectors in float32, and sums the runs in float64; float64 numbers
   * are rounded to float32 first. `float64` computes everything in float64.
   */
  readonly precision: Precision;
  /** Sums of an earlier accumulator of the same rows and precision; the vectors after those are added to them. */
  readonly begun?: FrameSums | undefined;
}

/** Sums rows of the lower triangle of S = sum_f w_f w_f^T over chunks of vectors. */
export interface FrameAccumulator {
  /** Adds `count` vectors. */
  readonly add: (vectors: Vectors, count: number) => void;
  /** The sums so far, to continue from. Vectors are added in runs; those of an incomplete run are not included. */
  readonly sums: () => FrameSums;
  /**
   * The sum over all vectors: rows from .. to - 1, row-major, (to - from) x dims numbers; entries right of the diagonal are
   * 0. Can be called once; nothing can be added afterwards.
   */
  readonly result: () => Float64Array;
}

/** Sizes that a kernel is made for. */
export interface NearestNeighboursOptions {
  /** D, the length of a vector. */
  readonly dims: number;
  /** Largest number of vectors in a chunk. */
  readonly most: number;
}

/** Finds nearest neighbours within a chunk of vectors, or between two chunks. Indices count within a chunk. */
export interface NearestNeighbours {
  /** The neighbour of each vector among the other vectors of its chunk. Each pair is multiplied once. */
  readonly within: (vectors: Vectors, count: number) => Neighbours;
  /** The neighbour of each vector of two chunks in the other chunk. Each pair is multiplied once. */
  readonly between: (
    a: Vectors,
    aCount: number,
    b: Vectors,
    bCount: number,
  ) => { readonly ofA: Neighbours; readonly ofB: Neighbours };
}

/** The basis to project on, and the weights of the sums over coordinates. */
export interface ProjectorOptions {
  /** D, the length of a vector. */
  readonly dims: number;
  /** Number of basis vectors. */
  readonly rank: number;
  /** U^T: the basis vectors u_k one after another, rank x dims numbers. */
  readonly basis: Float64Array;
  /**
   * `float32` computes coordinates in float32, from vectors and a basis rounded to it, then squares and sums them in
   * float64. `float64` computes everything in float64.
   */
  readonly precision: Precision;
  /** Lists of weights, `rank` numbers each. */
  readonly weights: readonly Float64Array[];
}

/** Sums over the coordinates t = U^T w of vectors w, one number per vector in each array. */
export interface Projected {
  /** |w|^2, over all dimensions. */
  readonly norm: Float64Array;
  /** sum_k t_k^2. */
  readonly resolved: Float64Array;
  /** sum_k weight_k t_k^2, for each list of weights. */
  readonly weighted: readonly Float64Array[];
  /** sum_k t_k^4. */
  readonly fourth: Float64Array;
}

/** Projects chunks of vectors on a basis. */
export interface Projector {
  readonly measure: (vectors: Vectors, count: number) => Projected;
  /** Offers the memory to the next kernel of this thread; nothing can be measured afterwards. */
  readonly close: () => void;
}

/** The basis of a rotation. */
export interface RotatorOptions {
  /** D, the length of a vector. */
  readonly dims: number;
  /** U^T: D basis vectors one after another, dims x dims numbers. */
  readonly basis: Float64Array;
}

/** Returns the coordinates t = U^T w of `count` vectors, count x dims numbers in float64. */
export type Rotator = (vectors: Vectors, count: number) => Float64Array;

/** The fixed vectors to multiply with. */
export interface RowProductsOptions {
  /** D, the length of a vector. */
  readonly dims: number;
  /** Number of fixed vectors. */
  readonly count: number;
  /** The fixed vectors one after another, count x dims numbers. */
  readonly rows: Float32Array | Float64Array;
  /** Format of products and sums; numbers of another type are rounded to it first. */
  readonly precision: Precision;
}

/** Multiplies chunks of vectors with fixed vectors. */
export interface RowProducts {
  /** Inner products of each vector of a chunk with every fixed vector, vectors x count numbers. */
  readonly multiply: (vectors: Vectors, vectorCount: number) => Float64Array;
}
