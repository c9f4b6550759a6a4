import type { MemoryLayout } from '@polysem/numerics/wasm';
import { PANEL_ROWS, panelStride, type PanelArray } from './panel.ts';
import type { Structure } from './structure.ts';

/** Number of gaps between active cells, or of values, that are sampled at once. */
export const DRAWN_AT_ONCE = 64;

/** Memory layout of the tables and buffers for sampling correlated inputs. Addresses are in bytes. */
export interface DrawingMemory {
  /** f32: values sampled in advance. i32: position of the next one. */
  readonly values: number;
  readonly valueAt: number;
  /** i32: random words sampled with the values. */
  readonly picks: number;
  /** i32 per group: byte offset of its first member (with a final entry for the end), and its number of members. */
  readonly groupStarts: number;
  readonly groupSizes: number;
  /** i32 per member: 4 times the feature. */
  readonly members: number;
  /** f32 per member, where at most one of a group is active: the interval of [0, 2^24) in which the feature is active. */
  readonly lower: number;
  readonly upper: number;
  /** Alias table (Walker 1974) per member. f32: the feature is chosen below this cut. i32: 4 times the feature above it. */
  readonly cut: number;
  readonly alias: number;
  /** Per gap: random words that choose a slot, and f32 uniforms that choose between the slot and its alias. */
  readonly choices: number;
  readonly cuts: number;
  readonly counts: CountMemory;
  readonly copula: CopulaMemory;
}

/** Memory layout of the counts of active features. */
export interface CountMemory {
  /** Alias table per outcome. f32: cut. i32: 4 times the alias outcome. */
  readonly cut: number;
  readonly alias: number;
  /**
   * i32 per outcome: byte offset of its first part (with a final entry for the end). i32 per part: 4 times the class, and
   * 4 times the number of active features in it.
   */
  readonly starts: number;
  readonly partClasses: number;
  readonly partCounts: number;
  /** i32 per class: byte offset of its first feature, and its number of features. */
  readonly classStarts: number;
  readonly classSizes: number;
  /** i32 per member: 4 times the feature, in class order and in the order left by the last shuffle. */
  readonly members: number;
  readonly order: number;
}

/** Memory layout for sampling the activity of a chunk of rows under a copula. */
export interface CopulaMemory {
  readonly rows: number;
  /** f32 per feature: threshold (with one factor, divided by the noise), and loading divided by the noise. */
  readonly limit: number;
  readonly slope: number;
  /** f32 per row: the factor, or, if all features are alike, the probability of being active given the factor. */
  readonly given: number;
  /** f32: triangular factor, N x rank; independent normals, rank x rows; correlated normals, N x rows. */
  readonly factor: number;
  readonly normals: PanelArray;
  readonly levels: PanelArray;
  /** i32 per row: bit masks of the active features, 32 features per array, and the bitwise OR of these masks. */
  readonly bits: PanelArray;
  readonly anyBits: number;
  /** i32: next row of the batch, and the first row after the current chunk. */
  readonly nextRow: number;
  readonly chunkEnd: number;
}

/** Lays out the memory for sampling correlated inputs. */
export function drawingMemory(
  { drawing, method, features }: Structure,
  layout: MemoryLayout,
): DrawingMemory {
  const activity = drawing?.activity;
  const isGrouped = activity?.kind === 'together' || activity?.kind === 'one-of';
  const take = (isNeeded: boolean, numbers: number): number =>
    isNeeded ? layout.take(4 * numbers) : 0;
  const perFeature = (isNeeded: boolean): number => take(isNeeded, features);
  const groups = isGrouped ? activity.groups : 0;
  const isOneOf = activity?.kind === 'one-of';
  const isFactor = activity?.kind === 'factor';
  const rank = activity?.kind === 'matrix' ? activity.rank : 0;
  const isCopula = isFactor || rank > 0;
  const isListed = isCopula && method !== 'dense';
  const counts = isFactor && isListed ? activity.counts : null;
  const perOutcome = (more: number): number =>
    take(counts !== null, (counts?.outcomes ?? 0) + more);
  const rows = PANEL_ROWS;
  const stride = panelStride(rows);
  const panel = (indices: number): PanelArray => ({
    address: take(indices > 0, (indices * stride) / 4),
    stride,
  });
  return {
    values: take(true, DRAWN_AT_ONCE),
    valueAt: take(true, 1),
    picks: take(counts !== null, DRAWN_AT_ONCE),
    groupStarts: take(isGrouped, groups + 1),
    groupSizes: take(isGrouped, groups),
    members: perFeature(isGrouped),
    lower: perFeature(isOneOf),
    upper: perFeature(isOneOf),
    cut: perFeature(isOneOf),
    alias: perFeature(isOneOf),
    choices: take(isOneOf || counts !== null, DRAWN_AT_ONCE),
    cuts: take(isOneOf || counts !== null, DRAWN_AT_ONCE),
    counts: {
      cut: perOutcome(0),
      alias: perOutcome(0),
      starts: perOutcome(1),
      partClasses: take(counts !== null, counts?.parts ?? 0),
      partCounts: take(counts !== null, counts?.parts ?? 0),
      classStarts: take(counts !== null, (counts?.classes ?? 0) + 1),
      classSizes: take(counts !== null, counts?.classes ?? 0),
      members: perFeature(counts !== null),
      order: perFeature(counts !== null),
    },
    copula: {
      rows,
      limit: perFeature(isCopula),
      slope: perFeature(isFactor),
      given: take(isFactor, rows),
      factor: take(rank > 0, features * rank),
      normals: panel(rank),
      levels: panel(rank > 0 && isListed ? features : 0),
      bits: panel(isListed ? Math.ceil(features / 32) : 0),
      anyBits: take(isListed, rows),
      nextRow: take(isListed, 1),
      chunkEnd: take(isListed, 1),
    },
  };
}
