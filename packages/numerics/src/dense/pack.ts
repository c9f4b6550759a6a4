import type { Body, FunctionHandle, ModuleBuilder } from '../wasm/module.ts';
import { f32, f64, i32, v128, type I32, type V128 } from '../wasm/value.ts';
import type { NumberFormat } from './number-format.ts';

/*
 * Packing: for each k, the numbers of some columns of a matrix are stored side by side, in the order in which tiles read
 * them. The columns are those of a row-major matrix with rows k, or rows that are transposed. Numbers beyond the end of a
 * row are packed too, so callers must provide zeros where needed and leave one cache line after the matrix.
 */
/** The length of a transposed row is a multiple of this. */
export const STEPS = 4;

/** pack(from, rowBytes, k, to): copies `columnBytes` bytes of each of k rows that are `rowBytes` apart. */
export function defineColumns(
  module: ModuleBuilder,
  columnBytes: number,
  exportedAs: string,
): FunctionHandle<null> {
  return module.define(
    ['i32', 'i32', 'i32', 'i32'],
    null,
    (body, from, rowBytes, k, to) => {
      const left = body.hold(k);
      body.doWhile(() => {
        let at = 0;
        for (; at + 16 <= columnBytes; at += 16) body.store(to, at, v128.load(from, at));
        for (; at + 8 <= columnBytes; at += 8) body.store(to, at, f64.load(from, at));
        for (; at < columnBytes; at += 4) body.store(to, at, f32.load(from, at));
        body.set(from, i32.add(from, rowBytes));
        body.set(to, i32.add(to, i32.const(columnBytes)));
        body.set(left, i32.sub(left, i32.const(1)));
        return left;
      });
    },
    exportedAs,
  );
}

/** pack(from, rowBytes, k, to): transposes k numbers (a multiple of STEPS) of `columns` rows that are `rowBytes` apart. */
export function defineTransposed(
  module: ModuleBuilder,
  format: NumberFormat,
  columns: number,
  exportedAs: string,
): FunctionHandle<null> {
  const { bytes, lanes } = format;
  return module.define(
    ['i32', 'i32', 'i32', 'i32'],
    null,
    (body, from, rowBytes, k, to) => {
      // Few rows at a time: rows a power of two apart compete for the same cache sets.
      let column = 0;
      while (column < columns) {
        const width = column + lanes <= columns ? lanes : 1;
        const offset = column * bytes;
        body.scope(() => {
          const rows = Array.from({ length: width }, (_, r) =>
            body.hold(i32.add(from, i32.mul(rowBytes, i32.const(column + r)))),
          );
          const out = body.hold(to);
          const end = body.hold(i32.add(rows[0], i32.mul(k, i32.const(bytes))));
          body.doWhile(() => {
            emitSteps(body, format, rows, (step) => ({ out, at: step * columns * bytes + offset }));
            for (const row of rows) body.set(row, i32.add(row, i32.const(STEPS * bytes)));
            body.set(out, i32.add(out, i32.const(STEPS * columns * bytes)));
            return i32.ne(rows[0], end);
          });
        });
        column += width;
      }
    },
    exportedAs,
  );
}

/** The lower 64 bits of two vectors, and the upper 64 bits. */
const low = (a: V128, b: V128): V128 => v128.shuffle(a, b, [0, 1, 4, 5]);
const high = (a: V128, b: V128): V128 => v128.shuffle(a, b, [2, 3, 6, 7]);

/** Transposes STEPS steps of one row, or of as many rows as a vector has lanes. */
function emitSteps(
  body: Body,
  { bytes, lanes }: NumberFormat,
  rows: readonly I32[],
  place: (step: number) => { readonly out: I32; readonly at: number },
): void {
  const put = (step: number, value: V128): void => {
    const { out, at } = place(step);
    body.store(out, at, value);
  };
  if (rows.length === 1) {
    for (let step = 0; step < STEPS; step++) {
      const { out, at } = place(step);
      const number = (bytes === 4 ? f32 : f64).load(rows[0], step * bytes);
      body.store(out, at, number);
    }
    return;
  }
  for (let step = 0; step < STEPS; step += lanes) {
    body.scope(() => {
      const given = rows.map((row) => body.hold(v128.load(row, step * bytes)));
      if (lanes === 2) {
        put(step, low(given[0], given[1]));
        put(step + 1, high(given[0], given[1]));
        return;
      }
      const [a, b, c, d] = given;
      const ab = body.hold(v128.shuffle(a, b, [0, 4, 1, 5]));
      const cd = body.hold(v128.shuffle(c, d, [0, 4, 1, 5]));
      put(step, low(ab, cd));
      put(step + 1, high(ab, cd));
      const abHigh = body.hold(v128.shuffle(a, b, [2, 6, 3, 7]));
      const cdHigh = body.hold(v128.shuffle(c, d, [2, 6, 3, 7]));
      put(step + 2, low(abHigh, cdHigh));
      put(step + 3, high(abHigh, cdHigh));
    });
  }
}
