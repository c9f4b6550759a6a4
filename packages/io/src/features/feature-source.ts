import { assertFeatures, type FeatureSource } from '@polysem/core/embedding';
import type { FeaturesAxis } from './embedding.ts';
import { FormatError, quote } from '../bytes/format-error.ts';
import { notFinite } from '../numbers/not-finite.ts';
import { formatShape } from '../numbers/shape.ts';
import { slabs } from './slabs.ts';
import type { TensorReader } from '../tensors/tensor-reader.ts';

/** Which matrix of a tensor is meant, and how to read it. */
export interface FeatureSourceOptions {
  /** How errors call the file. */
  readonly sourceName: string;
  /** Which matrix of a stack of them, for a tensor of three axes: from 0 on. */
  readonly index?: number;
  /** Bytes that its buffers may take where features do not lie one after the other; 48 MiB if not given. */
  readonly memory?: number;
}

/** Where the elements of a matrix lie in its tensor: feature f, dimension d at `base + f * feature + d * dim`. */
export interface MatrixLayout {
  readonly dims: number;
  readonly features: number;
  readonly base: number;
  readonly featureStride: number;
  readonly dimStride: number;
}

const MEMORY = 48 * 2 ** 20;
// A vector of this length has 128 MB; no model comes near, and a damaged shape shall not be believed.
const MOST_DIMS = 2 ** 24;

/**
 * The features of a matrix in a file, its rows or its columns, or of one matrix of a stack of them (matrices x rows x
 * columns); numbers have the precision of the reader.
 *
 * Vectors that lie one after the other are read as they are asked for. Others are gathered, as many at once as `memory`
 * holds, and kept until others are asked for: reading forward through all features costs one pass over the file, in
 * any portions.
 *
 * @throws FormatError if the tensor is no matrix, or a stack and `index` does not choose from it, or is empty; reads reject
 * with one that names tensor, feature and place if a value is not finite.
 */
export function featureSource(
  reader: TensorReader,
  axis: FeaturesAxis,
  { sourceName, index, memory = MEMORY }: FeatureSourceOptions,
): FeatureSource {
  const { entry, precision } = reader;
  const layout = matrixLayout(reader, axis, sourceName, index);
  const { dims, features, dimStride, featureStride, base } = layout;
  const place = index === undefined ? '' : `[${index}]`;
  const name = `${sourceName}: tensor ${quote(entry.name)}${place}`;
  const contiguous = dimStride === 1 && featureStride === dims;
  const gather = contiguous
    ? (first: number, count: number) => reader.read(base + first * dims, count * dims)
    : slabs(reader, layout, memory);

  return {
    name,
    dims,
    features,
    precision,
    read: async (first, count) => {
      assertFeatures({ name, features }, first, count);
      const block = await gather(first, count);
      const at = notFinite(block);
      if (at >= 0) {
        const feature = first + Math.floor(at / dims);
        const dim = at % dims;
        const where = axis === 'rows' ? [feature, dim] : [dim, feature];
        const full = index === undefined ? where : [index, ...where];
        throw new FormatError(
          sourceName,
          `tensor ${quote(entry.name)}: ${block[at]} at ${formatShape(full)}, in feature ${feature}; every value must be finite`,
        );
      }
      return block;
    },
  };
}

/** Where the features of a matrix, or of matrix `index` of a stack, lie. @throws FormatError as `featureSource` does. */
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
    fail('is not that of a matrix; features and dims are two axes, a stack of matrices has three');
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
