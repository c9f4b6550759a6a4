import type { Body, Local, ModuleBuilder } from '../../wasm/module.ts';
import { f64x2, i32, v128 } from '../../wasm/value.ts';
import { advance, constant, multiplyAdd, repeat, repeatUnrolled } from './emit-loops.ts';

/** Size of a tile of the matrix product. TILE_COLUMNS is also the number of numbers in a row of a packed panel. */
export const TILE_ROWS = 4;
export const TILE_COLUMNS = 8;

/**
 * Matrix products C += A^T B or C -= A^T B of packed panels. For each k a panel of A holds 4 numbers and a panel of B holds
 * 8. Every sum runs over ascending k and is then added to C, for any tile: an engine that combines pairs of vectors computes
 * all eight columns at once; another has registers for eight sums and computes one half after the other.
 *
 * Parameters, in bytes except for counts: c, cRow (to the next row of C), cPanel (to the next columns of C), a, aPanel (to
 * the next panel), aPanels, b, bPanel, bPanels, k.
 */
export function defineProduct(
  module: ModuleBuilder,
  isWide: boolean,
  sign: 'add' | 'subtract',
): void {
  module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, c, cRow, cPanel, a, aPanel, aPanels, b, bPanel, bPanels, k) => {
      const target = body.local('i32');
      const left = body.local('i32');
      repeat(body, bPanels, () => {
        body.set(target, c);
        body.set(left, a);
        repeat(body, aPanels, () => {
          const groups = isWide
            ? [[0, 1, 2, 3]]
            : [
                [0, 1],
                [2, 3],
              ];
          for (const columns of groups) {
            body.scope(() => emitTile(body, { target, cRow, left, right: b, k }, columns, sign));
          }
          advance(body, left, aPanel);
          advance(body, target, i32.shl(cRow, constant(2)));
        });
        advance(body, b, bPanel);
        advance(body, c, cPanel);
      });
    },
    sign === 'add' ? 'multiplyAdd' : 'multiplySubtract',
  );
}

interface TilePlace {
  readonly target: Local<'i32'>;
  readonly cRow: Local<'i32'>;
  readonly left: Local<'i32'>;
  readonly right: Local<'i32'>;
  readonly k: Local<'i32'>;
}

function emitTile(
  body: Body,
  { target, cRow, left, right, k }: TilePlace,
  columns: readonly number[],
  sign: 'add' | 'subtract',
): void {
  const isWide = columns.length > 2;
  const rows = Array.from({ length: TILE_ROWS }, (_, r) => r);
  const sums = rows.map(() => columns.map(() => body.hold(f64x2.const(0))));
  const x = body.hold(left);
  const y = body.hold(right);
  const step = (at: number): void =>
    body.scope(() => {
      const factors = columns.map((v) => body.hold(v128.load(y, 64 * at + 16 * v)));
      for (const r of rows) {
        body.scope(() => {
          const each = body.hold(v128.loadSplat64(x, 32 * at + 8 * r));
          factors.forEach((factor, v) =>
            body.set(sums[r][v], multiplyAdd(each, factor, sums[r][v])),
          );
        });
      }
    });
  const forward = (steps: number): void => {
    for (let at = 0; at < steps; at++) step(at);
    advance(body, x, 32 * steps);
    advance(body, y, 64 * steps);
  };
  if (isWide) {
    repeatUnrolled(
      body,
      k,
      4,
      () => forward(4),
      () => forward(1),
    );
  } else {
    // Older engines hoist the loads of an unrolled loop until registers run out.
    repeat(body, k, () => forward(1));
  }
  const row = body.hold(target);
  for (const r of rows) {
    // All loads before all stores: engines combine vectors only if nothing lies between them.
    body.scope(() => {
      const results = columns.map((v, at) => {
        const old = v128.load(row, 16 * v);
        return body.hold(
          sign === 'add' ? f64x2.add(old, sums[r][at]) : f64x2.sub(old, sums[r][at]),
        );
      });
      body.storeVectors(row, 16 * columns[0], results);
    });
    if (r + 1 < TILE_ROWS) advance(body, row, cRow);
  }
}
