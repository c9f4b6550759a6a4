import { embedding, type Embedding } from '@polysem/core/embedding';
import { fortranToC } from '../numbers/axis-order.ts';
import { FormatError, quote } from '../bytes/format-error.ts';
import { formatShape } from '../numbers/shape.ts';
import { checkFinite, type NumericArray, type Tensor } from '../tensors/tensor.ts';

/** Which axis of a matrix counts the features: its rows (N x D) or its columns (D x N, as in `W`). */
export type FeaturesAxis = 'rows' | 'columns';

/**
 * Makes an embedding of a matrix read from a file; each row, or each column, is one feature's vector.
 *
 * The numbers keep their type. If features are rows, the embedding shares the tensor's data.
 *
 * @throws FormatError if the tensor does not have two axes, is empty, or has a value that is not finite.
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
      `tensor ${quote(name)}: shape ${formatShape(shape)} is not that of a matrix; an embedding has two axes, features and dims`,
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
  // A D x N matrix by rows, read as an N x D one by columns, is the feature-major order.
  return embedding(rows, columns, fortranToC(data, [columns, rows]));
}

/** The matrix `W` of an embedding as users expect it: D x N in C order, column i being feature i. */
export function embeddingToMatrix({ dims, features, data }: Embedding): NumericArray {
  return { shape: [dims, features], data: fortranToC(data, [dims, features]) };
}
