import type { Body, FunctionHandle, Local, ModuleBuilder } from '../wasm/module.ts';
import { f32x4, f64x2, i32, v128, type I32, type V128 } from '../wasm/value.ts';
import type { NumberFormat } from './number-format.ts';
import type { Machine } from './program.ts';

/*
 * C = A^T B for two packed matrices, in register tiles. A stands in strips of 4 or 6 columns, B in strips of one line of
 * the cache, both with the numbers of one k side by side: what a tile reads lies in one sweep. V8 leaves 15 vector
 * registers: 4 x 2 sums, two operands and four numbers of A in all lanes fill 14. An engine that pairs vectors has room for
 * 6 x 4. Every entry of C is one sum over k in ascending order, whatever the tile.
 */

/** Bytes of B in a strip, for each k. */
export const LINE = 64;
/** Steps that are summed at once: a strip of B fills half of the first cache, and sums of float32 numbers stay short. */
export const RUN = 256;
/** Columns of A that are gone through for each strip of B: they stay in the second cache. */
export const PANEL = 240;

/** What becomes of the sums of a tile: stored, added to a tile in memory, or (float32) added to a tile of float64. */
export type TileEnd = 'store' | 'add' | 'widen';

/**
 * products(a, aStride, b, c, strips, k): tiles of `strips` strips of A, `aStride` bytes apart, with one strip of B, over k
 * steps. The tiles follow each other at c, which are twice as large where they are widened.
 *
 * @param scratch the address of a tile in which sums are put down before they are added: V8 pairs them only if nothing
 *   but a store follows.
 */
export function defineProducts(
  module: ModuleBuilder,
  { format, isWide, rows }: Machine,
  end: TileEnd,
  exportedAs: string,
  scratch: number,
): FunctionHandle<null> {
  const tileBytes = rows * LINE;
  return module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, a, aStride, b, c, strips, k) => {
      const steps = body.hold(i32.mul(k, i32.const(rows * format.bytes)));
      const left = body.hold(strips);
      body.while(
        () => left,
        () => {
          // An engine that does not pair vectors has registers for half of a strip.
          for (const vectors of isWide
            ? [[0, 1, 2, 3]]
            : [
                [0, 1],
                [2, 3],
              ]) {
            body.scope(() => {
              const sums = emitSums(body, format, { rows, vectors, a, b, steps });
              const target = end === 'store' ? c : i32.const(scratch);
              sums.forEach((row, r) =>
                row.forEach((sum, v) => body.store(target, r * LINE + 16 * vectors[v], sum)),
              );
            });
          }
          for (let at = 0; at < tileBytes; at += 16) {
            const sum = v128.load(i32.const(scratch), at);
            if (end === 'add') body.store(c, at, format.add(v128.load(c, at), sum));
            if (end === 'widen') body.scope(() => emitWiden(body, sum, c, 2 * at));
          }
          body.set(a, i32.add(a, aStride));
          body.set(c, i32.add(c, i32.const(end === 'widen' ? 2 * tileBytes : tileBytes)));
          body.set(left, i32.sub(left, i32.const(1)));
        },
      );
    },
    exportedAs,
  );
}

interface Operands {
  /** Columns of A. */
  readonly rows: number;
  /** The vectors of a strip of B that are taken. */
  readonly vectors: readonly number[];
  readonly a: I32;
  readonly b: I32;
  /** Bytes of a strip of A. */
  readonly steps: I32;
}

/** The sums of a tile, or half of one. The loop is not unrolled: V8 before 12 would load all operands first, and run out of registers. */
function emitSums(
  body: Body,
  format: NumberFormat,
  { rows, vectors, a, b, steps }: Operands,
): Local<'v128'>[][] {
  const sums = Array.from({ length: rows }, () => vectors.map(() => body.hold(f32x4.const(0))));
  const aAt = body.hold(a);
  const bAt = body.hold(b);
  const end = body.hold(i32.add(a, steps));
  body.doWhile(() => {
    body.scope(() => {
      const x = vectors.map((v) => body.hold(v128.load(bAt, 16 * v)));
      sums.forEach((row, r) =>
        body.scope(() => {
          const y = body.hold(format.loadSplat(aAt, r * format.bytes));
          row.forEach((sum, v) => body.set(sum, format.multiplyAdd(x[v], y, sum)));
        }),
      );
    });
    body.set(aAt, i32.add(aAt, i32.const(rows * format.bytes)));
    body.set(bAt, i32.add(bAt, i32.const(LINE)));
    return i32.ne(aAt, end);
  });
  return sums;
}

/** Adds four float32 sums to float64 numbers. */
function emitWiden(body: Body, sums: V128, c: I32, at: number): void {
  const vector = body.hold(sums);
  [vector, v128.shuffle(vector, vector, [2, 3, 0, 1])].forEach((half, h) => {
    const place = at + 16 * h;
    body.store(c, place, f64x2.add(v128.load(c, place), f64x2.promoteLow(half)));
  });
}
