import type { Body, Local, ModuleBuilder } from '../../wasm/module.ts';
import { f64, f64x2, i32, v128, type I32 } from '../../wasm/value.ts';
import {
  advance,
  constant,
  loadPair,
  multiplyAdd,
  NUMBER,
  repeat,
  repeatUnrolled,
  sumOfFour,
} from './emit-loops.ts';

/** Rows processed together, so that other operands are read once for all of them. */
const ROWS = 4;

/** Pointers to consecutive rows. */
function rowsFrom(body: Body, first: I32, stride: I32, count: number): Local<'i32'>[] {
  const pointers = [body.hold(first)];
  while (pointers.length < count) {
    pointers.push(body.hold(i32.add(pointers[pointers.length - 1], stride)));
  }
  return pointers;
}

/**
 * w += A x for a symmetric A of `size` rows. Reads the lower triangle once: A(i, j) contributes to w(i) and w(j). Rows are
 * processed in fours; x (with zeros), w and A must extend to a multiple of four. `scratch` holds eight vectors.
 */
export function defineSymmetricProduct(module: ModuleBuilder, isWide: boolean): void {
  module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, w, a, stride, x, size, scratch) => {
      const done = body.hold(constant(0));
      const row = body.hold(a);
      const xRow = body.hold(x);
      const wRow = body.hold(w);
      repeat(body, i32.shrU(i32.add(size, constant(3)), constant(2)), () => {
        // Even and odd vectors have separate sums. An engine that does not combine them has registers for two rows.
        const groups = isWide
          ? [[0, 1, 2, 3]]
          : [
              [0, 1],
              [2, 3],
            ];
        for (const group of groups) {
          body.scope(() => emitStrip(body, group, { w, x, row, stride, xRow, done, scratch }));
        }
        body.scope(() => emitCorner(body, { row, stride, xRow, wRow, done, scratch }));
        advance(body, done, ROWS);
        advance(body, xRow, ROWS * NUMBER);
        advance(body, wRow, ROWS * NUMBER);
        advance(body, row, i32.shl(stride, constant(2)));
      });
    },
    'symmetricProduct',
  );
}

interface Strip {
  readonly w: I32;
  readonly x: I32;
  readonly row: I32;
  readonly stride: I32;
  readonly xRow: I32;
  readonly done: I32;
  readonly scratch: I32;
}

/** Some of four rows, from the first column to the corner at the diagonal. Stores the sums of each row in the scratch. */
function emitStrip(
  body: Body,
  group: readonly number[],
  { w, x, row, stride, xRow, done, scratch }: Strip,
): void {
  const sums = group.map(() => [0, 1].map(() => body.hold(f64x2.const(0))));
  const each = group.map((r) => body.hold(v128.loadSplat64(xRow, NUMBER * r)));
  const start = body.hold(i32.add(row, i32.mul(stride, constant(group[0]))));
  const pointers = rowsFrom(body, start, stride, group.length);
  const [xAt, wAt] = [body.hold(x), body.hold(w)];
  repeat(body, i32.shrU(done, constant(2)), () => {
    body.scope(() => {
      const xs = loadPair(body, xAt);
      const ws = loadPair(body, wAt);
      group.forEach((_, r) => {
        body.scope(() => {
          const entries = loadPair(body, pointers[r]);
          for (const v of [0, 1]) {
            body.set(sums[r][v], multiplyAdd(entries[v], xs[v], sums[r][v]));
          }
          for (const v of [0, 1]) body.set(ws[v], multiplyAdd(entries[v], each[r], ws[v]));
        });
      });
      body.storeVectors(wAt, 0, ws);
    });
    for (const pointer of [...pointers, xAt, wAt]) advance(body, pointer, 32);
  });
  group.forEach((r, at) => {
    body.storeVectors(scratch, 32 * r, sums[at]);
  });
}

/** The corner of four rows at the diagonal; adds their sums to w. */
function emitCorner(
  body: Body,
  { row, stride, xRow, wRow, done, scratch }: Omit<Strip, 'w' | 'x'> & { readonly wRow: I32 },
): void {
  const corner = body.hold(i32.add(row, i32.shl(done, constant(3))));
  const pointers = rowsFrom(body, corner, stride, ROWS);
  const xs = Array.from({ length: ROWS }, (_, r) => body.hold(f64.load(xRow, NUMBER * r)));
  const totals = xs.map((_, r) =>
    body.hold(sumOfFour(body, v128.load(scratch, 32 * r), v128.load(scratch, 32 * r + 16))),
  );
  for (let r = 0; r < ROWS; r++) {
    for (let c = 0; c <= r; c++) {
      body.scope(() => {
        const entry = body.hold(f64.load(pointers[r], NUMBER * c));
        body.set(totals[r], f64.add(totals[r], f64.mul(entry, xs[c])));
        if (c < r) body.set(totals[c], f64.add(totals[c], f64.mul(entry, xs[r])));
      });
    }
  }
  totals.forEach((total, r) =>
    body.store(wRow, NUMBER * r, f64.add(f64.load(wRow, NUMBER * r), total)),
  );
}

/** out(r) = <row r, x> for `count` rows whose length is a multiple of four. */
export function defineDots(module: ModuleBuilder): void {
  module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, out, rows, stride, count, x, length, scratch) => {
      const several = (many: number): void =>
        body.scope(() => {
          const sums = Array.from({ length: many }, () =>
            [0, 1].map(() => body.hold(f64x2.const(0))),
          );
          const pointers = rowsFrom(body, rows, stride, many);
          const xAt = body.hold(x);
          repeat(body, i32.shrU(length, constant(2)), () => {
            body.scope(() => {
              const xs = loadPair(body, xAt);
              pointers.forEach((pointer, r) => {
                for (const v of [0, 1]) {
                  const entry = v128.load(pointer, 16 * v);
                  body.set(sums[r][v], multiplyAdd(entry, xs[v], sums[r][v]));
                }
              });
            });
            for (const pointer of [...pointers, xAt]) advance(body, pointer, 32);
          });
          sums.forEach((pair, r) => body.storeVectors(scratch, 32 * r, pair));
          sums.forEach((_, r) => {
            const [even, odd] = [0, 1].map((v) => v128.load(scratch, 32 * r + 16 * v));
            body.scope(() => body.store(out, NUMBER * r, sumOfFour(body, even, odd)));
          });
          advance(body, rows, i32.mul(stride, constant(many)));
          advance(body, out, NUMBER * many);
        });
      repeatUnrolled(
        body,
        count,
        ROWS,
        () => several(ROWS),
        () => several(1),
      );
    },
    'dots',
  );
}

/** y -= sum_r coefficient(r) row r, in order of rows whose length is a multiple of four. */
export function defineCombine(module: ModuleBuilder): void {
  module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, y, rows, stride, count, coefficients, length) => {
      const several = (many: number): void =>
        body.scope(() => {
          const pointers = rowsFrom(body, rows, stride, many);
          const each = pointers.map((_, r) =>
            body.hold(v128.loadSplat64(coefficients, NUMBER * r)),
          );
          const yAt = body.hold(y);
          repeat(body, i32.shrU(length, constant(2)), () => {
            body.scope(() => {
              const ys = loadPair(body, yAt);
              pointers.forEach((pointer, r) => {
                for (const v of [0, 1]) {
                  const entry = v128.load(pointer, 16 * v);
                  body.set(ys[v], f64x2.sub(ys[v], f64x2.mul(entry, each[r])));
                }
              });
              body.storeVectors(yAt, 0, ys);
            });
            for (const pointer of [...pointers, yAt]) advance(body, pointer, 32);
          });
          advance(body, rows, i32.mul(stride, constant(many)));
          advance(body, coefficients, NUMBER * many);
        });
      repeatUnrolled(
        body,
        count,
        ROWS,
        () => several(ROWS),
        () => several(1),
      );
    },
    'combine',
  );
}
