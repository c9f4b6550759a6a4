import type { Body, Local, ModuleBuilder } from '../wasm/module.ts';
import { f32x4, i32, i32x4, v128, type I32, type V128 } from '../wasm/value.ts';
import { LINE } from './tile.ts';

/** State per row, in bytes: the signed number of largest magnitude in each of four lanes, then its column. */
export const ROW_STATE = 32;
/** State of the columns of a line, in bytes: the signed numbers of largest magnitude, then their rows. */
export const LINE_STATE: number = 2 * LINE;

/** Vectors of a line per pass: as many as fit in registers. */
const AT_ONCE = 2;

/**
 * scan(c, rows, firstRow, firstColumn, rowStates, lineState): finds the largest non-zero magnitude of each row and each
 * column in lines of float32 numbers. The first number that attains it wins.
 */
export function defineScan(module: ModuleBuilder, exportedAs: string): void {
  module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, c, rows, firstRow, firstColumn, rowStates, lineState) => {
      for (let from = 0; from < LINE; from += 16 * AT_ONCE) {
        body.scope(() => {
          const offsets = Array.from({ length: AT_ONCE }, (_, v) => from + 16 * v);
          const columns = offsets.map((offset) => {
            const first = offset / 4;
            const numbers = [first, first + 1, first + 2, first + 3];
            const lanes = v128.bytes(Array.from(new Uint8Array(Int32Array.from(numbers).buffer)));
            return body.hold(i32x4.add(i32x4.splat(firstColumn), lanes));
          });
          const ofColumns = offsets.map((at) => holdBest(body, lineState, at, LINE + at));
          const at = body.hold(c);
          const state = body.hold(rowStates);
          const row = body.hold(firstRow);
          const end = body.hold(i32.add(firstRow, rows));
          body.doWhile(() => {
            body.scope(() => {
              const ofRow = holdBest(body, state, 0, 16);
              const number = body.hold(i32x4.splat(row));
              offsets.forEach((offset, v) =>
                body.scope(() => {
                  const value = body.hold(v128.load(at, offset));
                  const size = body.hold(f32x4.abs(value));
                  emitTake(body, ofColumns[v], value, size, number);
                  emitTake(body, ofRow, value, size, columns[v]);
                }),
              );
              body.store(state, 0, ofRow.best);
              body.store(state, 16, ofRow.place);
            });
            body.set(at, i32.add(at, i32.const(LINE)));
            body.set(state, i32.add(state, i32.const(ROW_STATE)));
            body.set(row, i32.add(row, i32.const(1)));
            return i32.ltU(row, end);
          });
          ofColumns.forEach(({ best, place }, v) => {
            body.store(lineState, offsets[v], best);
            body.store(lineState, LINE + offsets[v], place);
          });
        });
      }
    },
    exportedAs,
  );
}

interface Best {
  readonly best: Local<'v128'>;
  readonly place: Local<'v128'>;
}

function holdBest(body: Body, at: I32, best: number, place: number): Best {
  return { best: body.hold(v128.load(at, best)), place: body.hold(v128.load(at, place)) };
}

/** Replaces the best number and its place in lanes where the new number is larger. */
function emitTake(body: Body, { best, place }: Best, value: V128, size: V128, from: V128): void {
  body.scope(() => {
    const isLarger = body.hold(f32x4.gt(size, f32x4.abs(best)));
    body.set(best, v128.select(value, best, isLarger));
    body.set(place, v128.select(from, place, isLarger));
  });
}
