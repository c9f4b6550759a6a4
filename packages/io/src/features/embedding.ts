import { embedding, type Embedding } from '@polysem/core/embedding';
import { fortranToC } from '../numbers/axis-order.ts';
import { FormatError, quote } from '../bytes/format-error.ts';
import { formatShape } from '../numbers/shape.ts';
import { checkFinite, type NumericArray, type Tensor } from '../tensors/tensor.ts';

/** The axis of a matrix that counts features: its rows (N x D) or its columns (D x N, as `W`). */
export type FeaturesAxis = 'rows' | 'columns';

/**
 * Makes an embedding of a matrix from a file: each row, or each column, is the vector of a feature. The numbers keep
 * their type. If features are rows, the embedding shares the data of the tensor.
 *
 * @param tensor a matrix, N x D or D x N.
 * @param featuresAxis the axis that counts features.
 * @param sourceName the name of the file in errors.
 * @returns the embedding, feature-major.
 * @throws FormatError if the tensor does not have two axes, is empty, or has a value that is not finite.
 * @example
 * ```js
 * import { toEmbedding } from 'polysem/io';
 * const tensor = { name: 'W', dtype: 'F64', shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) };
 * toEmbedding(tensor, 'columns', 'w.npy').dims; // 2
 * ```
 */
export function toEmbedding(
  tensor: Tensor,
  featuresAxis: FeaturesAxis,
  sourceName: string,
): Embedding {
  const { name, shape, data } = tensor;
  if (shape.length !== 2) {
    throw new FormatError(
      sourceName,
      `tensor ${quote(name)}: shape ${formatShape(shape)} is not a matrix; an embedding has two axes, features and dims`,
    );
  }
  if (data.length === 0) {
    throw new FormatError(
      sourceName,
      `tensor ${quote(name)}: shape ${formatShape(shape)} is empty`,
    );
  }
  checkFinite(tensor, sourceName);
  const [rows, columns] = shape;
  if (featuresAxis === 'rows') return embedding(columns, rows, data);
  // A D x N matrix stored by rows, read as an N x D matrix stored by columns, is in feature-major order after this.
  return embedding(rows, columns, fortranToC(data, [columns, rows]));
}

/**
 * Writes an embedding as the matrix W.
 *
 * @param w the embedding: N vectors of D numbers.
 * @returns W, D x N in C order; column i is the vector of feature i.
 * @example
 * ```js
 * import { embeddingToMatrix } from 'polysem/io';
 * embeddingToMatrix({ dims: 1, features: 2, data: Float64Array.of(3, 4) }).shape; // [1, 2]
 * ```
 */
export function embeddingToMatrix({ dims, features, data }: Embedding): NumericArray {
  return { shape: [dims, features], data: fortranToC(data, [dims, features]) };
}
