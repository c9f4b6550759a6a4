import type { FoldMeasure } from './feature-matrix.ts';

/** Computes the norm of a vector without overflow or underflow of the squares. */
export function normOf(vector: Float64Array | Float32Array): number {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 0;
  let sum = 0;
  for (const value of vector) sum += (value / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** Combines the norms of the parts of each vector, a list per part, as a measure says. */
export function combineNorms(
  norms: readonly Float64Array[],
  { whole, parts }: Pick<FoldMeasure, 'whole' | 'parts'>,
): Float64Array {
  return norms[0].map((_, i) => {
    const own = Float64Array.from(norms, (each) => each[i]);
    // A weight of 0 leaves a measure out even where it overflows.
    const ofWhole = whole === 0 ? 0 : whole * normOf(own);
    return ofWhole + (parts === 0 ? 0 : parts * own.reduce((sum, norm) => sum + norm, 0));
  });
}
