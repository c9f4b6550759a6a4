import { FormatError, quote } from '../bytes/format-error.ts';
import { formatShape } from '../numbers/shape.ts';
import type { TensorReader } from '../tensors/tensor-reader.ts';
import type { TensorEntry } from '../tensors/tensor.ts';
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

/** The place of a matrix in its tensor: a number in a stack, or an entry per axis, null for the axes of the matrix. */
export type MatrixPlace = number | readonly (number | null)[] | undefined;

/**
 * Computes the layout of the features of a matrix, of matrix `place` of a stack, or of a slice.
 *
 * @throws FormatError as `featureSource` does.
 */
export function matrixLayout(
  {
    entry,
    order,
  }: Pick<TensorReader, 'order'> & { readonly entry: Pick<TensorEntry, 'name' | 'shape'> },
  axis: FeaturesAxis,
  sourceName: string,
  place?: MatrixPlace,
): MatrixLayout {
  const { name, shape } = entry;
  const fail = (problem: string): never => {
    throw new FormatError(
      sourceName,
      `tensor ${quote(name)}: shape ${formatShape(shape)} ${problem}`,
    );
  };
  const fixed = typeof place === 'object' ? place : stackPlace(shape, place, fail);
  if (shape.includes(0)) fail('is empty');
  const free = fixed.flatMap((at, i) => (at === null ? [i] : []));
  const inside = fixed.every(
    (at, i) => at === null || (Number.isInteger(at) && at >= 0 && at < shape[i]),
  );
  if (fixed.length !== shape.length || free.length !== 2 || !inside)
    fail(`has no slice [${fixed.map((at) => at ?? ':').join(', ')}]`);
  const strides = stridesOf(shape, order);
  const base = fixed.reduce<number>((sum, at, i) => sum + (at ?? 0) * strides[i], 0);
  const [features, other] = axis === 'rows' ? free : free.toReversed();
  const dims = shape[other];
  if (dims > MOST_DIMS) {
    fail(
      `with features as ${axis} has ${dims} dims, more than the ${MOST_DIMS} allowed; take its other axis`,
    );
  }
  return {
    dims,
    features: shape[features],
    base,
    featureStride: strides[features],
    dimStride: strides[other],
  };
}

/** Checks that a tensor is a matrix, or a stack that holds matrix `index`. */
function stackPlace(
  shape: readonly number[],
  index: number | undefined,
  fail: (problem: string) => never,
): (number | null)[] {
  if (shape.length === 2 && index !== undefined) {
    fail(`is one matrix, not a stack of them; leave out the index ${index}`);
  }
  if (shape.length !== 2 && shape.length !== 3) {
    fail('is not a matrix or a stack of matrices: it needs two axes, features and dims, or three');
  }
  if (shape.includes(0)) fail('is empty');
  if (shape.length === 2) return [null, null];
  const [matrices] = shape;
  if (index === undefined) {
    return fail(
      `is a stack of ${matrices} matrices; choose one by its index, 0 to ${matrices - 1}`,
    );
  }
  if (!Number.isInteger(index) || index < 0 || index >= matrices) {
    fail(
      `is a stack of ${matrices} matrices; the index must be 0 to ${matrices - 1}, not ${index}`,
    );
  }
  return [index, null, null];
}

/** Computes the distance between neighbours along each axis, in elements. */
function stridesOf(shape: readonly number[], order: 'C' | 'F'): number[] {
  const strides = shape.map(() => 1);
  if (order === 'C')
    for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  else for (let i = 1; i < shape.length; i++) strides[i] = strides[i - 1] * shape[i - 1];
  return strides;
}
