import { i32, type I32 } from '@polysem/numerics/wasm';

/**
 * A panel: a block of inputs of one batch that is worked on while it is in the cache. Arrays over a panel are
 * index-major, so that four inputs lie side by side in the lanes of a vector: entry (k, row) at `address + k * stride +
 * 4 * row`.
 */
export interface PanelArray {
  readonly address: number;
  /** Bytes from one index to the next. */
  readonly stride: number;
}

/** Rows of a panel come in strips of so many: what the widest tile takes at once. */
export const STRIP = 16;

/** Bytes that inputs and their errors may fill in a panel: small panels stay in the first cache, large ones in the second. */
const PANEL_BYTES = 24 * 1024;

/** Rows of a panel for N features. */
export function panelRows(features: number): number {
  const fitting = Math.floor(PANEL_BYTES / (8 * features) / STRIP) * STRIP;
  return Math.min(256, Math.max(64, fitting));
}

/** Bytes between two indices: not a power of two, so that neighbours do not share the sets of a cache. */
export function panelStride(rows: number): number {
  return 4 * rows + 64;
}

/** Bytes of so many rows of a panel array, filled up to whole strips. */
export function stripBytes(rows: I32): I32 {
  return i32.shl(i32.and(i32.add(rows, i32.const(STRIP - 1)), i32.const(-STRIP)), i32.const(2));
}
