import { measureCapacity } from '@polysem/core/capacity';
import type { Embedding } from '@polysem/core/embedding';
import { findBlocks, inBlockBases, nameShape } from '@polysem/core/geometry';

/** A block of features, as the page shows it. */
export interface SnapshotBlock {
  /** Its features, the largest capacity first (to two decimals). */
  readonly features: readonly number[];
  readonly dims: number;
  readonly capacity: number;
  /** Name of its shape, such as `antipodal pair`. */
  readonly name: string;
  /**
   * Its features in the first `dims` (at most 3) axes of an orthonormal basis of its span, feature by feature; null if the
   * network has no more than 3 dimensions, where the weights themselves can be drawn.
   */
  readonly drawn: { readonly dims: number; readonly vectors: Float64Array } | null;
}

/** The network at one step; plain data. */
export interface Snapshot {
  readonly step: number;
  readonly loss: number;
  readonly dims: number;
  readonly features: number;
  /** W, feature by feature. */
  readonly weights: Float64Array;
  readonly capacity: Float64Array;
  /** Leverage of each feature: the largest capacity that any read-out can give it. */
  readonly leverage: Float64Array;
  readonly blocks: readonly SnapshotBlock[];
  /** Features too short to belong to a block. */
  readonly ignored: readonly number[];
}

/** Features shorter than this, relative to the mean, belong to no block. */
const NOISE = 0.05;

/** Measures a network: capacities, and the blocks that its features form. */
export function snapshotOf(
  step: number,
  loss: number,
  embedding: Embedding,
  signs: 'fixed' | 'free',
): Snapshot {
  const { dims, features } = embedding;
  const { capacity, leverage } = measureCapacity(embedding);
  const isEmpty = capacity.every((c) => c === 0);
  const structure = isEmpty ? null : findBlocks(embedding, { noise: NOISE });
  // Features that are about equal keep their places while they train.
  const percent = (i: number): number => Math.round(100 * capacity[i]);
  const blocks = (structure?.components ?? []).map((block): SnapshotBlock => {
    const own = block.features.toSorted((a, b) => percent(b) - percent(a) || a - b);
    const { recognised, name } = nameShape(embedding, block.features, { noise: NOISE, signs });
    return {
      features: own,
      dims: block.dims,
      capacity: block.capacity,
      name: recognised ? name : `${own.length} features in ${block.dims}`,
      drawn: dims > 3 ? drawnIn(embedding, own, block.dims) : null,
    };
  });
  return {
    step,
    loss,
    dims,
    features,
    weights: Float64Array.from(embedding.data),
    capacity,
    leverage,
    blocks,
    ignored: structure?.ignored ?? Array.from(capacity, (_, i) => i),
  };
}

function drawnIn(w: Embedding, features: readonly number[], span: number): SnapshotBlock['drawn'] {
  const [own] = inBlockBases(w, [{ features, dims: span }]);
  const dims = Math.min(3, own.dims);
  const vectors = features.flatMap((_, k) =>
    Array.from(own.data.subarray(k * own.dims, k * own.dims + dims)),
  );
  return { dims, vectors: Float64Array.from(vectors) };
}
