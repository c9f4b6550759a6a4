import { embedding, featureVector, type Embedding } from '../embedding/embedding.ts';
import { blockFrame, type BlockSpan } from './block-frame.ts';
import type { FrameSpectrum } from './frame-spectrum.ts';

/**
 * The features of each block in an orthonormal basis of the block's own span: embeddings of `dims` dimensions, features
 * in the order of the block. What of them lies outside of the span, leakage and noise, is left out.
 *
 * @throws RangeError if blocks share a feature, name one that does not exist, or have more dimensions than they span.
 */
export function inBlockBases(w: Embedding, blocks: readonly BlockSpan[]): Embedding[] {
  const { axes } = blockFrame(w, blocks);
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
 * The block in whose span each eigenvector of the frame operator mostly lies, by its place in `blocks`; null where none
 * has half of it.
 *
 * @throws RangeError see `inBlockBases`.
 */
export function blocksOfEigenvectors(
  w: Embedding,
  spectrum: Pick<FrameSpectrum, 'dims' | 'rank' | 'vectors'>,
  blocks: readonly BlockSpan[],
): (number | null)[] {
  return blocksAlongAxes(blockFrame(w, blocks).axes, spectrum, blocks);
}

/**
 * As {@link blocksOfEigenvectors}, the spans of the blocks being known.
 *
 * @param axes orthonormal rows, those of the first block, of the second and so on.
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
