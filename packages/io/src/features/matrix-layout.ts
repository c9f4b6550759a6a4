import { FormatError, quote } from '../bytes/format-error.ts';
import { formatShape } from '../numbers/shape.ts';
import type { TensorReader } from '../tensors/tensor-reader.ts';
import type { FeaturesAxis } from './embedding.ts';

/** Layout of a matrix in its tensor: feature f, dimension d is element `base + f * featureStride + d * dimStride`. */
export interface MatrixLayout {
  readonly dims: number;
  readonly features: number;
  readonly base: number;
  readonly featureStride: number;
  readonly dimStride: number;
}

// A vector of this length takes 128 MB; a larger size comes from a damaged file.
const MOST_DIMS = 2 ** 24;

/**
 * Computes the layout of the features of a matrix, or of matrix `index` of a stack.
 *
 * @throws FormatError as `featureSource` does.
 */
export function matrixLayout(
  { entry, order }: Pick<TensorReader, 'entry' | 'order'>,
  axis: FeaturesAxis,
  sourceName: string,
  index?: number,
): MatrixLayout {
  const { name, shape } = entry;
  const fail = (problem: string): never => {
    throw new FormatError(
      sourceName,
      `tensor ${quote(name)}: shape ${formatShape(shape)} ${problem}`,
    );
  };
  if (shape.length === 2 && index !== undefined) {
    fail(`is one matrix, not a stack of them; leave out the index ${index}`);
  }
  if (shape.length !== 2 && shape.length !== 3) {
    fail('is not a matrix or a stack of matrices: it needs two axes, features and dims, or three');
  }
  if (shape.includes(0)) fail('is empty');
  const [matrices, rows, columns] = shape.length === 3 ? shape : [1, ...shape];
  if (shape.length === 3 && index === undefined) {
    fail(`is a stack of ${matrices} matrices; choose one by its index, 0 to ${matrices - 1}`);
  }
  const chosen = index ?? 0;
  if (!Number.isInteger(chosen) || chosen < 0 || chosen >= matrices) {
    fail(
      `is a stack of ${matrices} matrices; the index must be 0 to ${matrices - 1}, not ${index}`,
    );
  }
  const [matrixStride, rowStride, columnStride] =
    order === 'C' ? [rows * columns, columns, 1] : [1, matrices, matrices * rows];
  const base = chosen * matrixStride;
  const dims = axis === 'rows' ? columns : rows;
  if (dims > MOST_DIMS) {
    fail(
      `with features as ${axis} has ${dims} dims, more than the ${MOST_DIMS} allowed; take its other axis`,
    );
  }
  return axis === 'rows'
    ? { dims, features: rows, base, featureStride: rowStride, dimStride: columnStride }
    : { dims, features: columns, base, featureStride: columnStride, dimStride: rowStride };
}
