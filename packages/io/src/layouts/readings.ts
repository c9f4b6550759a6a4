import type { FeaturesAxis } from '../embedding.ts';
import type { TensorEntry } from '../tensor.ts';

/** One way to read a matrix. */
export interface Reading {
  readonly tensor: string;
  readonly axis: FeaturesAxis;
  readonly features: number;
  readonly dims: number;
}

/** Both ways to read each matrix that holds numbers, for files whose layout is not known. */
export function bothReadings(entries: readonly TensorEntry[]): Reading[] {
  return entries.flatMap(({ name, shape, readable }) => {
    if (!readable || shape.length !== 2 || shape.includes(0)) return [];
    const [rows, columns] = shape;
    return [
      { tensor: name, axis: 'rows' as const, features: rows, dims: columns },
      { tensor: name, axis: 'columns' as const, features: columns, dims: rows },
    ];
  });
}
