import type { Body, FunctionHandle, Local, ModuleBuilder } from '../wasm/module.ts';
import { f64x2, i32, v128, type V128 } from '../wasm/value.ts';
import type { Machine } from './program.ts';
import { LINE } from './tile.ts';

/*
 * Sums of squares, in float64 for either format. Lanes are vectors. The sums of a strip of vectors are stored at `sums`,
 * one after another for each quantity.
 */

/** Quantities summed for a strip: squared norms, squares and fourth powers of coordinates, weighted squares. */
export const NORM = 0;
export const RESOLVED = 1;
export const FOURTH = 2;
export const FIRST_LIST = 3;

/** Quantities per pass: as many as fit in registers. */
const AT_ONCE = 4;

/** norms(b, k, sums): adds the squares of k steps of a strip. */
export function defineNorms(module: ModuleBuilder, machine: Machine, exportedAs: string): void {
  module.define(
    ['i32', 'i32', 'i32'],
    null,
    (body, b, k, sums) => {
      const lines = { from: b, count: k, lineBytes: LINE, quantities: [NORM], sums };
      overLanes(body, machine, lines, (half, [sum]) =>
        body.set(sum, machine.wideFormat.multiplyAdd(half, half, sum)),
      );
    },
    exportedAs,
  );
}

/** Names of the functions that together compute all sums over coordinates, for `lists` lists of weights. */
export function summing(lists: number): string[] {
  return Array.from({ length: Math.ceil((2 + lists) / AT_ONCE) }, (_, pass) => `sum${pass}`);
}

/**
 * sumN(c, rows, weights, sums): adds squares of the coordinates in rows of a sweep, which are `lineBytes` apart. Weights are
 * row-major, a column per list.
 */
export function defineSums(
  module: ModuleBuilder,
  machine: Machine,
  lists: number,
  lineBytes: number = LINE,
): readonly FunctionHandle<null>[] {
  const { add, multiplyAdd, loadSplat } = machine.wideFormat;
  return summing(lists).map((name, pass) => {
    const from = RESOLVED + pass * AT_ONCE;
    const quantities = Array.from(
      { length: Math.min(AT_ONCE, FIRST_LIST + lists - from) },
      (_, q) => from + q,
    );
    return module.define(
      ['i32', 'i32', 'i32', 'i32'],
      null,
      (body, c, rows, weights, sums) => {
        const lines = { from: c, count: rows, lineBytes, quantities, sums };
        overLanes(body, machine, lines, (half, held, at) => {
          const square = body.hold(f64x2.mul(half, half));
          held.forEach((sum, q) => {
            const quantity = quantities[q];
            const list = quantity - FIRST_LIST;
            if (quantity === RESOLVED) body.set(sum, add(sum, square));
            else if (quantity === FOURTH) body.set(sum, multiplyAdd(square, square, sum));
            else {
              const row = i32.add(weights, i32.mul(at, i32.const(8 * lists)));
              body.set(sum, multiplyAdd(loadSplat(row, 8 * list), square, sum));
            }
          });
        });
      },
      name,
    );
  });
}

/** The lines of a strip, and the quantities summed over them. */
interface Lines {
  readonly from: Local<'i32'>;
  readonly count: Local<'i32'>;
  /** Bytes from one line to the next. */
  readonly lineBytes: number;
  readonly quantities: readonly number[];
  /** Address of the sums. */
  readonly sums: Local<'i32'>;
}

/**
 * Loops over the lines of a strip, one vector of lanes at a time, in float64 halves, with the sums of some quantities in
 * registers. `visit` gets the number of the line.
 */
function overLanes(
  body: Body,
  { format }: Machine,
  { from, count, lineBytes, quantities, sums }: Lines,
  visit: (half: Local<'v128'>, held: readonly Local<'v128'>[], line: Local<'i32'>) => void,
): void {
  const lanes = LINE / format.bytes;
  const isNarrow = format.bytes === 4;
  for (let first = 0; first < lanes; first += format.lanes) {
    const place = (quantity: number, half: number): number =>
      8 * (quantity * lanes + first) + 16 * half;
    body.scope(() => {
      const held = (isNarrow ? [0, 1] : [0]).map((half) =>
        quantities.map((quantity) => body.hold(v128.load(sums, place(quantity, half)))),
      );
      const at = body.hold(from);
      const line = body.hold(i32.const(0));
      body.doWhile(() => {
        body.scope(() => {
          const vector = body.hold(v128.load(at, first * format.bytes));
          const halves: V128[] = isNarrow
            ? [
                f64x2.promoteLow(vector),
                f64x2.promoteLow(v128.shuffle(vector, vector, [2, 3, 0, 1])),
              ]
            : [vector];
          halves.forEach((half, h) => body.scope(() => visit(body.hold(half), held[h], line)));
        });
        body.set(at, i32.add(at, i32.const(lineBytes)));
        body.set(line, i32.add(line, i32.const(1)));
        return i32.ltU(line, count);
      });
      held.forEach((half, h) =>
        half.forEach((sum, q) => body.store(sums, place(quantities[q], h), sum)),
      );
    });
  }
}
