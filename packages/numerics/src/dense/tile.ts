import type { Body, FunctionHandle, Local, ModuleBuilder } from '../wasm/module.ts';
import { f32x4, f64x2, i32, v128, type I32, type V128 } from '../wasm/value.ts';
import type { NumberFormat } from './number-format.ts';
import type { Machine } from './program.ts';

/*
 * C = A^T B for two packed matrices, in register tiles. A is stored in strips of 4 or 6 columns, B in strips of one cache
 * line, both with the numbers of one k side by side, so that a tile reads contiguous memory. V8 leaves 15 vector registers:
 * 4 x 2 sums, two operands and four numbers of A in all lanes fill 14. An engine that combines pairs of vectors has room
 * for 6 x 4. Every entry of C is one sum over k in ascending order, for any tile.
 */

/** Bytes of a strip of B per step. */
export const LINE = 64;
/** Steps summed at once: a strip of B fills half of the first-level cache, and float32 sums stay short. */
export const RUN = 256;
/** Columns of A per strip of B: they stay in the second-level cache. */
export const PANEL = 240;

/** Use of the sums of a tile: store them, add them to a tile in memory, or (float32) add them to a float64 tile. */
export type TileEnd = 'store' | 'add' | 'widen';

/**
 * products(a, aStride, b, c, strips, k): multiplies `strips` strips of A, `aStride` bytes apart, with one strip of B over k
 * steps. Tiles follow one another at c; float64 tiles of `widen` are twice as large.
 *
 * @param scratch address of a tile that sums are stored in before they are added: V8 combines pairs of vectors only if
 *   nothing but a store follows.
 */
export function defineProducts(
  module: ModuleBuilder,
  { format, isWide, rows }: Machine,
  end: TileEnd,
  exportedAs: string,
  scratch: number,
): FunctionHandle<null> {
  const tileBytes = rows * LINE;
  const loadSum = (at: number): V128 => v128.load(i32.const(scratch), at);
  return module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, a, aStride, b, c, strips, k) => {
      const steps = body.hold(i32.mul(k, i32.const(rows * format.bytes)));
      const left = body.hold(strips);
      body.while(
        () => left,
        () => {
          // An engine that does not combine vectors has registers for half a strip.
          for (const vectors of isWide
            ? [[0, 1, 2, 3]]
            : [
                [0, 1],
                [2, 3],
              ]) {
            body.scope(() => {
              const sums = emitSums(body, format, { rows, vectors, a, b, steps });
              const target = end === 'store' ? c : i32.const(scratch);
              sums.forEach((row, r) => body.storeVectors(target, r * LINE + 16 * vectors[0], row));
            });
          }
          if (end === 'add') {
            for (let line = 0; line < tileBytes; line += LINE)
              body.scope(() => {
                const totals = [0, 16, 32, 48].map((offset) => {
                  const at = line + offset;
                  return body.hold(format.add(v128.load(c, at), loadSum(at)));
                });
                body.storeVectors(c, line, totals);
              });
          } else if (end === 'widen') {
            for (let at = 0; at < tileBytes; at += 16)
              body.scope(() => emitWiden(body, loadSum(at), c, 2 * at));
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
  /** Columns of A in a strip. */
  readonly rows: number;
  /** The vectors of a strip of B to use. */
  readonly vectors: readonly number[];
  readonly a: I32;
  readonly b: I32;
  /** Bytes of a strip of A. */
  readonly steps: I32;
}

/** The sums of a tile, or half of one. Not unrolled: V8 before 12 would load all operands first and run out of registers. */
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
