import type { Body, FunctionHandle, Local, ModuleBuilder } from '../wasm/module.ts';
import { f32x4, f64x2, i32, v128, type I32, type V128 } from '../wasm/value.ts';
import type { NumberFormat } from './number-format.ts';

/*
 * C = A^T B for two packed matrices, in register tiles. A stands in strips of ROWS columns, B in strips of one line of the
 * cache, both with the numbers of one k side by side: what a tile reads lies in one sweep. V8 leaves 15 vector registers:
 * 5 x 2 sums, two operands and one number of A in all lanes fill 13. An engine that pairs vectors takes 5 x 4 at once.
 * Every entry of C is one sum over k in ascending order, whatever the tile.
 */

/** Columns of A in a strip: rows of a tile. */
export const ROWS = 5;
/** Bytes of B in a strip, for each k. */
export const LINE = 64;
/** Bytes of a tile. */
export const TILE_BYTES: number = ROWS * LINE;
/** Steps of the sum that are written out in its loop; packed matrices are filled up to a multiple with zeros. */
export const UNROLL = 4;

/** Steps that are summed at once: a strip of B fills half of the first cache, and sums of float32 numbers stay short. */
export const RUN = 256;
/** Strips of A that are gone through for each strip of B: they stay in the second cache. */
export const PANEL = 48;

/** What becomes of the sums of a tile: stored, added to a tile in memory, or (float32) added to a tile of float64. */
export type TileEnd = 'store' | 'add' | 'widen';

/**
 * products(a, aStride, b, c, strips, k): tiles of `strips` strips of A, `aStride` bytes apart, with one strip of B, over k
 * steps, a multiple of UNROLL. The tiles follow each other at c, which are twice as large where they are widened.
 *
 * @param scratch the address of a tile in which sums are put down before they are added: V8 pairs them only if nothing
 *   but a store follows.
 */
export function defineProducts(
  module: ModuleBuilder,
  format: NumberFormat,
  isWide: boolean,
  end: TileEnd,
  exportedAs: string,
  scratch: number,
): FunctionHandle<null> {
  return module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, a, aStride, b, c, strips, k) => {
      const steps = body.hold(i32.mul(k, i32.const(ROWS * format.bytes)));
      const left = body.hold(strips);
      body.while(
        () => left,
        () => {
          // One engine has registers for half of a strip only.
          for (const vectors of isWide
            ? [[0, 1, 2, 3]]
            : [
                [0, 1],
                [2, 3],
              ]) {
            body.scope(() => {
              const sums = emitSums(body, format, { a, b, steps, vectors });
              const target = end === 'store' ? c : i32.const(scratch);
              sums.forEach((row, r) =>
                row.forEach((sum, v) => body.store(target, r * LINE + 16 * vectors[v], sum)),
              );
            });
          }
          if (end === 'add') emitAdd(body, format, scratch, c);
          if (end === 'widen') emitWiden(body, scratch, c);
          body.set(a, i32.add(a, aStride));
          body.set(c, i32.add(c, i32.const(end === 'widen' ? 2 * TILE_BYTES : TILE_BYTES)));
          body.set(left, i32.sub(left, i32.const(1)));
        },
      );
    },
    exportedAs,
  );
}

interface Operands {
  readonly a: I32;
  readonly b: I32;
  /** Bytes of a strip of A. */
  readonly steps: I32;
  /** The vectors of a strip of B that are taken. */
  readonly vectors: readonly number[];
}

function emitSums(
  body: Body,
  format: NumberFormat,
  { a, b, steps, vectors }: Operands,
): Local<'v128'>[][] {
  const sums = Array.from({ length: ROWS }, () => vectors.map(() => body.hold(f32x4.const(0))));
  const aAt = body.hold(a);
  const bAt = body.hold(b);
  const end = body.hold(i32.add(a, steps));
  const aStep = ROWS * format.bytes;
  body.doWhile(() => {
    for (let step = 0; step < UNROLL; step++) {
      body.scope(() => {
        const x = vectors.map((v) => body.hold(v128.load(bAt, step * LINE + 16 * v)));
        sums.forEach((row, r) =>
          body.scope(() => {
            const y = body.hold(format.loadSplat(aAt, step * aStep + r * format.bytes));
            row.forEach((sum, v) => body.set(sum, format.multiplyAdd(x[v], y, sum)));
          }),
        );
      });
    }
    body.set(aAt, i32.add(aAt, i32.const(UNROLL * aStep)));
    body.set(bAt, i32.add(bAt, i32.const(UNROLL * LINE)));
    return i32.ne(aAt, end);
  });
  return sums;
}

/** Adds the tile in the scratch to the tile at c. */
function emitAdd(body: Body, format: NumberFormat, scratch: number, c: I32): void {
  for (let at = 0; at < TILE_BYTES; at += 16) {
    body.store(c, at, format.add(v128.load(c, at), v128.load(i32.const(scratch), at)));
  }
}

/** Adds the float32 tile in the scratch to the float64 tile at c. */
function emitWiden(body: Body, scratch: number, c: I32): void {
  for (let at = 0; at < TILE_BYTES; at += 16) {
    body.scope(() => {
      const vector = body.hold(v128.load(i32.const(scratch), at));
      const halves: V128[] = [vector, v128.shuffle(vector, vector, [2, 3, 0, 1])];
      halves.forEach((half, h) => {
        const place = 2 * at + 16 * h;
        body.store(c, place, f64x2.add(v128.load(c, place), f64x2.promoteLow(half)));
      });
    });
  }
}
