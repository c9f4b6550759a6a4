import { embedding, featureVector, type Embedding } from '../embedding/embedding.ts';
import { blockAxes, type BlockSpan } from './block-frame.ts';
import type { FrameSpectrum } from './frame-spectrum.ts';

/**
 * Writes the features of each block in an orthonormal basis of the span of the block. Components outside the span, which
 * are leakage and noise, are dropped.
 *
 * @param w the embedding, D x N.
 * @param blocks features and dimensions of each block; blocks are disjoint.
 * @returns one embedding per block, D_k x N_k, with features in the order of the block.
 * @throws RangeError if blocks share a feature, name one that does not exist, or have more dimensions than they span.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { inBlockBases } from 'polysem/geometry';
 * const w = embeddingFromVectors([[3, 4], [-3, -4], [4, -3]]);
 * inBlockBases(w, [{ features: [2], dims: 1 }])[0].dims; // 1
 * ```
 */
export function inBlockBases(w: Embedding, blocks: readonly BlockSpan[]): Embedding[] {
  const { axes } = blockAxes(w, blocks);
  let first = 0;
  return blocks.map(({ features, dims }) => {
    const own = embedding(dims, features.length);
    features.forEach((i, column) => {
      const vector = featureVector(w, i);
      for (let d = 0; d < dims; d++) {
        const axis = axes.subarray((first + d) * w.dims, (first + d + 1) * w.dims);
        own.data[column * dims + d] = axis.reduce((sum, a, j) => sum + a * vector[j], 0);
      }
    });
    first += dims;
    return own;
  });
}

/**
 * Finds the block of each eigenvector of the frame operator: the block whose span contains more than half of its squared
 * length.
 *
 * @param w the embedding, D x N.
 * @param spectrum eigenvectors of S, from `frameSpectrum`.
 * @param blocks features and dimensions of each block; blocks are disjoint.
 * @returns for each eigenvector the index of its block, or null.
 * @throws RangeError as `inBlockBases` does.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { blocksOfEigenvectors, frameSpectrum } from 'polysem/geometry';
 * const w = embeddingFromVectors([[2, 0], [0, 1]]);
 * const blocks = [{ features: [1], dims: 1 }, { features: [0], dims: 1 }];
 * blocksOfEigenvectors(w, frameSpectrum(w), blocks); // [1, 0]
 * ```
 */
export function blocksOfEigenvectors(
  w: Embedding,
  spectrum: Pick<FrameSpectrum, 'dims' | 'rank' | 'vectors'>,
  blocks: readonly BlockSpan[],
): (number | null)[] {
  return blocksAlongAxes(blockAxes(w, blocks).axes, spectrum, blocks);
}

/**
 * Finds the block of each eigenvector as {@link blocksOfEigenvectors} does, for known spans.
 *
 * @param axes orthonormal rows that span the blocks, block after block, each D numbers.
 * @param spectrum eigenvectors of S, from `frameSpectrum`.
 * @param blocks number of dimensions of each block.
 * @returns for each eigenvector the index of its block, or null.
 * @example
 * ```js
 * import { blocksAlongAxes } from 'polysem/geometry';
 * const spectrum = { dims: 2, rank: 1, vectors: Float64Array.of(0, 1) };
 * blocksAlongAxes(Float64Array.of(1, 0, 0, 1), spectrum, [{ dims: 1 }, { dims: 1 }]); // [1]
 * ```
 */
export function blocksAlongAxes(
  axes: Float64Array,
  { dims: space, rank, vectors }: Pick<FrameSpectrum, 'dims' | 'rank' | 'vectors'>,
  blocks: readonly Pick<BlockSpan, 'dims'>[],
): (number | null)[] {
  return Array.from({ length: rank }, (_, k) => {
    const u = vectors.subarray(k * space, (k + 1) * space);
    let first = 0;
    const at = blocks.findIndex(({ dims }) => {
      let share = 0;
      for (let a = first; a < first + dims; a++) {
        const axis = axes.subarray(a * space, (a + 1) * space);
        share += axis.reduce((sum, value, j) => sum + value * u[j], 0) ** 2;
      }
      first += dims;
      return share > 0.5;
    });
    return at < 0 ? null : at;
  });
}
