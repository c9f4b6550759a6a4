import type { MemoryLayout } from '@polysem/numerics/wasm';
import { panelRows, panelStride, type PanelArray } from './panel.ts';
import type { Structure } from './structure.ts';

/** Gaps between active cells, and values, that are drawn at once. */
export const DRAWN_AT_ONCE = 64;

/** Where the drawing of correlated inputs has its tables and buffers; addresses in bytes. */
export interface DrawingMemory {
  /** f32: values drawn in advance; i32: the next of them. */
  readonly values: number;
  readonly valueAt: number;
  /** i32: random words drawn with values. */
  readonly picks: number;
  /** Of groups. i32 a group, and one more: 4 times the place where its features begin; and how many they are. */
  readonly groupStarts: number;
  readonly groupSizes: number;
  /** i32 a place: 4 times the feature. */
  readonly members: number;
  /** f32 a place: which part of [0, 2^24) belongs to the feature, where one of a group is active. */
  readonly lower: number;
  readonly upper: number;
  /** f32, i32 a place: below which uniform the feature itself is taken, and 4 times the one taken otherwise (Walker 1974). */
  readonly cut: number;
  readonly alias: number;
  /** A gap: words that choose a slot, and f32, uniforms between it and its alias. */
  readonly choices: number;
  readonly cuts: number;
  readonly counts: CountMemory;
  readonly copula: CopulaMemory;
}

/** Where counts of active features stand. */
export interface CountMemory {
  /** As of a place above, of each outcome; the alias is 4 times another outcome. */
  readonly cut: number;
  readonly alias: number;
  /** i32 an outcome, and one more: 4 times the place of its first part. i32 a part: 4 times the class, and 4 times the count. */
  readonly starts: number;
  readonly partClasses: number;
  readonly partCounts: number;
  /** i32 a class: 4 times the place of its first feature, and how many it has. */
  readonly classStarts: number;
  readonly classSizes: number;
  /** i32 a place: 4 times the feature; and the same in the order in which they were last chosen. */
  readonly members: number;
  readonly order: number;
}

/** Where copulas draw the activity of a block of rows. */
export interface CopulaMemory {
  readonly rows: number;
  /** f32 a feature: the threshold, of one factor divided by the noise; and the loading divided by the noise. */
  readonly limit: number;
  readonly slope: number;
  /** f32 a row: the factor; or where all features are alike the probability of being active given it. */
  readonly given: number;
  /** f32, N x rank; the independent normals, rank x rows; and what becomes of them, N x rows. */
  readonly factor: number;
  readonly normals: PanelArray;
  readonly levels: PanelArray;
  /** i32 a row: bits of its active features, 32 of them in each array; and all of them combined. */
  readonly bits: PanelArray;
  readonly anyBits: number;
  /** i32: the next row of the batch, and the first that is not in the block. */
  readonly nextRow: number;
  readonly blockEnd: number;
}

/** Lays out the memory of drawing correlated inputs. */
export function drawingMemory(
  { drawing, plan, features }: Structure,
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
  const isListed = isCopula && plan !== 'dense';
  const counts = isFactor && isListed ? activity.counts : null;
  const perOutcome = (more: number): number =>
    take(counts !== null, (counts?.outcomes ?? 0) + more);
  const rows = panelRows(features);
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
      blockEnd: take(isListed, 1),
    },
  };
}
