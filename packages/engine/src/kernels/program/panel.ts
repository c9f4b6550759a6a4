import { i32, type I32 } from '@polysem/numerics/wasm';

/**
 * Array over a panel. A panel is a set of consecutive inputs of one batch that fits in the cache and is processed at once.
 * Arrays are index-major, so a vector holds the same entry of four inputs: entry (k, row) is at `address + k * stride +
 * 4 * row`.
 */
export interface PanelArray {
  readonly address: number;
  /** Bytes between consecutive indices. */
  readonly stride: number;
}

/** Rows per strip. The rows of a panel are padded to whole strips, which the widest tile processes at once. */
export const STRIP = 16;

/**
 * Rows in a panel. Sums of gradients over the rows are added up once per panel; the arrays of larger models exceed the caches for
 * any number of rows that is worth it.
 */
export const PANEL_ROWS = 256;

/** Stride in bytes between indices. It avoids powers of two, with which arrays would compete for the same cache sets. */
export function panelStride(rows: number): number {
  return 4 * rows + 64;
}

/** Emits the size in bytes of `rows` rows of a panel array, padded to whole strips. */
export function stripBytes(rows: I32): I32 {
  return i32.shl(i32.and(i32.add(rows, i32.const(STRIP - 1)), i32.const(-STRIP)), i32.const(2));
}
