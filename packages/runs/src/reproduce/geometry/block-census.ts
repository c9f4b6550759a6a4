import { findBlocks, nameShape } from '@polysem/core/geometry';
import { measureCapacity } from '@polysem/core/capacity';
import type { Embedding } from '@polysem/core/embedding';
import type { TrainedEmbedding } from './trained-starts.ts';

/** Blocks of a matrix that have the same shape and size. */
export interface BlockKind {
  readonly shape: string;
  readonly features: number;
  readonly dims: number;
  readonly count: number;
}

/** Blocks of a matrix, regardless of which features are in them. */
export interface Structure {
  readonly blocks: readonly BlockKind[];
  /** Number of features in no block, or too short to distinguish from 3 % noise. */
  readonly ignored: number;
}

/** A structure and how many restarts ended in it. */
export interface StructureCount extends Structure {
  readonly count: number;
  /** The same count among restarts near the best. */
  readonly nearBest: number;
}

/** A mean over restarts with its standard error. */
export interface Mean {
  readonly mean: number;
  readonly standardError: number;
}

/** Statistics of the blocks of many trained matrices. */
export interface BlockCensus {
  readonly starts: number;
  readonly converged: number;
  /** Restarts with a loss of at most `NEAR_BEST` times the lowest. */
  readonly nearBest: number;
  /** Structures found, the most frequent first. */
  readonly structures: readonly StructureCount[];
  /** Number of features and dimensions of the largest block. */
  readonly largestFeatures: Mean;
  readonly largestDims: Mean;
  /** Tightness of the largest block. */
  readonly tightness: Mean;
  /** Sum of capacities over rank. */
  readonly efficiency: Mean;
}

/**
 * Largest ratio to the lowest loss that counts as near the best. On a finite sample the loss of equally good structures
 * differs by a few percent, depending on which features share a block; worse structures differ by more.
 */
const NEAR_BEST = 1.05;

/**
 * Counts the block structures of trained matrices: the connected components of the Gram graph, with their shapes.
 *
 * @param noise relative noise of the matrices, see `findBlocks`.
 */
export function blockCensus(trained: readonly TrainedEmbedding[], noise: number): BlockCensus {
  const least = Math.min(...trained.map(({ loss }) => loss));
  const isNear = trained.map(({ loss }) => loss <= NEAR_BEST * least);
  const found = trained.map(({ embedding }) => structureOf(embedding, noise));
  const counts = new Map<string, StructureCount>();
  found.forEach(({ structure }, k) => {
    const key = JSON.stringify(structure);
    const { count = 0, nearBest = 0 } = counts.get(key) ?? {};
    counts.set(key, {
      ...structure,
      count: count + 1,
      nearBest: nearBest + Number(isNear[k]),
    });
  });
  return {
    starts: trained.length,
    converged: trained.filter(({ converged }) => converged).length,
    nearBest: isNear.filter(Boolean).length,
    structures: [...counts.values()].toSorted((a, b) => b.count - a.count),
    largestFeatures: meanOf(found.map(({ largest }) => largest.features)),
    largestDims: meanOf(found.map(({ largest }) => largest.dims)),
    tightness: meanOf(found.map(({ largest }) => largest.tightness)),
    efficiency: meanOf(found.map(({ efficiency }) => efficiency)),
  };
}

function structureOf(
  w: Embedding,
  noise: number,
): {
  structure: Structure;
  largest: { features: number; dims: number; tightness: number };
  efficiency: number;
} {
  const { components, ignored } = findBlocks(w, { noise });
  const { capacity, rank } = measureCapacity(w);
  const kinds = new Map<string, BlockKind>();
  let short = 0;
  let largest = { features: 0, dims: 0, tightness: 0 };
  for (const { features, dims, tightness } of components) {
    const named = nameShape(w, features);
    const shape = named.name;
    const count = named.features.length;
    short += named.ignored.length;
    const key = `${count} ${dims} ${shape}`;
    kinds.set(key, {
      shape,
      features: count,
      dims,
      count: (kinds.get(key)?.count ?? 0) + 1,
    });
    if (count > largest.features) {
      largest = { features: count, dims, tightness };
    }
  }
  const blocks = [...kinds.values()].toSorted(
    (a, b) => b.features - a.features || (a.shape < b.shape ? -1 : 1),
  );
  return {
    structure: { blocks, ignored: ignored.length + short },
    largest,
    efficiency: capacity.reduce((sum, c) => sum + c, 0) / rank,
  };
}

function meanOf(values: readonly number[]): Mean {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, standardError: n > 1 ? Math.sqrt(square / (n - 1) / n) : NaN };
}
