import type { SymmetricEigen } from '../linalg/symmetric-eigen.ts';
import type { Vectors } from './vectors.ts';

/** A matrix in row-major order, part of a larger one if `stride` exceeds its number of columns. */
export interface Block {
  /** Begins with the first entry. Both operands and the result of a product have the same type. */
  readonly data: Vectors;
  /** Numbers from one row to the next. */
  readonly stride: number;
}

/** Sizes of a product: m x k times k x n. */
export interface ProductSizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Products of matrices by another library, for example BLAS. Sums may be rounded in any order. */
export interface MatrixLibrary {
  /** Name and version, as results report them. */
  readonly name: string;
  /** C = A B^T for rows of A (m x k) and rows of B (n x k). */
  readonly multiplyRows: (a: Block, b: Block, c: Block, sizes: ProductSizes) => void;
  /** C = A^T B, or C += A^T B, for columns of A (k x m) and columns of B (k x n). */
  readonly multiplyColumns: (
    a: Block,
    b: Block,
    c: Block,
    sizes: ProductSizes & { readonly isAdded: boolean },
  ) => void;
  /** The lower triangle of C = A^T A, or of C += A^T A, for A with k rows and n columns. */
  readonly squareColumns: (
    a: Block,
    c: Block,
    sizes: { readonly n: number; readonly k: number; readonly isAdded: boolean },
  ) => void;
  /** As `symmetricEigen`, for a matrix whose largest entry is near 1; null if the library has none. */
  readonly symmetricEigen: ((matrix: Float64Array, n: number) => SymmetricEigen) | null;
}
