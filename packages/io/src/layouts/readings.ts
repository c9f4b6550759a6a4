import type { FeaturesAxis } from '../features/embedding.ts';
import type { TensorEntry } from '../tensors/tensor.ts';

/** One way to read a matrix. */
export interface Reading {
  readonly tensor: string;
  readonly axis: FeaturesAxis;
  readonly features: number;
  readonly dims: number;
  /** Of a stack, how many matrices there are, each of which can be read so. */
  readonly matrices?: number;
}

/** Both ways to read each matrix, or each of a stack, that holds numbers, for files whose layout is not known. */
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
