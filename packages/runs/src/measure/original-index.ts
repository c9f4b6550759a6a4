import type { MeasuredMatrix } from './measured-matrix.ts';

/**
 * Numbers the measured features as in the file: features that were left out count there.
 *
 * @param matrix the measurement.
 * @returns the index in the file of each measured feature.
 *
 * @example
 * ```js
 * import { originalIndices } from 'polysem/measure';
 * originalIndices({ skipped: [1], measured: { features: 3 } }); // [0, 2, 3]
 * ```
 */
export function originalIndices({
  skipped = [],
  measured: { features },
}: Pick<MeasuredMatrix, 'skipped'> & {
  readonly measured: { readonly features: number };
}): Int32Array {
  const indices = new Int32Array(features);
  let before = 0;
  for (let i = 0; i < features; i++) {
    while (before < skipped.length && skipped[before] <= i + before) before += 1;
    indices[i] = i + before;
  }
  return indices;
}

/**
 * Numbers the nearest neighbour of each measured feature as in the file.
 *
 * @param matrix the measurement.
 * @returns the index in the file of each neighbour, -1 for a feature without one; undefined if they were not computed.
 *
 * @example
 * ```js
 * import { originalNeighbours } from 'polysem/measure';
 * const neighbours = { index: Int32Array.of(1, 0, -1) };
 * originalNeighbours({ skipped: [0], measured: { features: 3 }, neighbours }); // [2, 1, -1]
 * ```
 */
export function originalNeighbours(matrix: MeasuredMatrix): Int32Array | undefined {
  const { neighbours } = matrix;
  if (neighbours === null) return undefined;
  const numbers = originalIndices(matrix);
  return Int32Array.from(neighbours.index, (i) => (i < 0 ? i : numbers[i]));
}
