import type { FeaturesAxis } from '../features/embedding.ts';
import type { TensorEntry } from '../tensors/tensor.ts';

/** One way to read a matrix. */
export interface Reading {
  readonly tensor: string;
  readonly axis: FeaturesAxis;
  readonly features: number;
  readonly dims: number;
  /** Number of matrices in a stack; each can be read this way. */
  readonly matrices?: number;
}

/**
 * Lists both ways to read each numeric matrix or stack of matrices, for files without a known layout.
 *
 * @param entries the tensors of the file.
 * @returns two readings per matrix, features as rows and as columns.
 * @example
 * ```js
 * import { bothReadings } from 'polysem/io';
 * const entry = { name: 'W', shape: [50, 8], dtype: 'F32', readable: true, byteOffset: 0, byteLength: 0 };
 * bothReadings([entry]).map(({ axis, features }) => [axis, features]); // [['rows', 50], ['columns', 8]]
 * ```
 */
export function bothReadings(entries: readonly TensorEntry[]): Reading[] {
  return entries.flatMap(({ name, shape, readable }) => {
    if (!readable || (shape.length !== 2 && shape.length !== 3) || shape.includes(0)) return [];
    const [rows, columns] = shape.slice(-2);
    const stack = shape.length === 3 ? { matrices: shape[0] } : {};
    return [
      { tensor: name, axis: 'rows' as const, features: rows, dims: columns, ...stack },
      { tensor: name, axis: 'columns' as const, features: columns, dims: rows, ...stack },
    ];
  });
}
