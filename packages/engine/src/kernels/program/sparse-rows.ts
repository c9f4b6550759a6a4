import { addToMemory } from './add-to-memory.ts';
import type { SparseContext } from './context.ts';
import type { SparsePanel } from './kernel-memory.ts';
import type { Body, Local } from '@polysem/numerics/wasm';
import { f32, f32x4, i32, v128, type I32 } from '@polysem/numerics/wasm';

/*
 * Products with inputs and errors that are lists of nonzero entries. Lanes run over the hidden dimensions, and a hidden
 * vector, or a part of it, stays in registers.
 */

/** Number of 128-bit vectors of a hidden vector kept in registers at once. */
export const HELD_VECTORS = 10;

/** Splits `vectors` vectors into consecutive parts. Calls `visit` with the first vector and the number of each part. */
export function overParts(
  vectors: number,
  size: number,
  visit: (first: number, count: number) => void,
): void {
  const parts = Math.ceil(vectors / size);
  for (let part = 0; part < parts; part++) {
    const first = Math.floor((part * vectors) / parts);
    visit(first, Math.floor(((part + 1) * vectors) / parts) - first);
  }
}

/** Emits a loop over a list from byte `from` up to byte `to`; the list may be empty. */
export function overList(body: Body, from: I32, to: I32, visit: (at: Local<'i32'>) => void): void {
  const at = body.hold(from);
  body.while(
    () => i32.ltU(at, to),
    () => {
      body.scope(() => visit(at));
      body.set(at, i32.add(at, i32.const(4)));
    },
  );
}

/** Loads `count` consecutive vectors into locals. */
export function holdVectors(body: Body, at: I32, from: number, count: number): Local<'v128'>[] {
  return Array.from({ length: count }, (_, k) => body.hold(v128.load(at, from + 16 * k)));
}

/** Emits the hidden vector of every row: the sum of its active inputs times the embedding rows of their features. */
export function emitHidden(body: Body, { math, panel }: SparseContext, rows: I32): void {
  const { weights } = panel;
  overRows(body, panel, rows, (row, hiddenAt) => {
    const from = i32.load(row, panel.starts);
    const to = body.hold(i32.load(row, panel.starts + 4));
    overParts(weights.rowBytes / 16, HELD_VECTORS, (first, count) => {
      body.scope(() => {
        const sums = Array.from({ length: count }, () => body.hold(f32x4.const(0)));
        overList(body, from, to, (at) => {
          const x = body.hold(v128.loadSplat(at, panel.values));
          const place = body.hold(i32.load(at, panel.places));
          sums.forEach((sum, k) => {
            const w = v128.load(place, panel.embedding + 16 * (first + k));
            body.set(sum, math.multiplyAdd(x, w, sum));
          });
        });
        body.storeVectors(hiddenAt, panel.hidden + 16 * first, sums);
      });
    });
  });
}

/** Emits the embedding gradient: adds each active input times the gradient of its row's hidden vector. */
export function emitEmbeddingGradient(
  body: Body,
  { math, panel }: SparseContext,
  row: I32,
  hiddenErrors: readonly Local<'v128'>[],
  first: number,
): void {
  const from = i32.load(row, panel.starts);
  const to = body.hold(i32.load(row, panel.starts + 4));
  overList(body, from, to, (at) => {
    const x = body.hold(v128.loadSplat(at, panel.values));
    const place = body.hold(i32.load(at, panel.places));
    addToMemory(body, hiddenErrors.length, place, panel.embeddingGradient + 16 * first, (k, sum) =>
      math.multiplyAdd(x, hiddenErrors[k], sum),
    );
  });
}

/** Emits code that resets the active entries of the panel's dense inputs to 0. */
export function emitClearInputs(body: Body, panel: SparsePanel): void {
  overList(body, i32.const(0), i32.load(i32.const(0), panel.entries), (at) =>
    body.store(i32.load(at, panel.inputPlaces), panel.inputs, f32.const(0)),
  );
}

/** Emits a loop over the rows of a panel. `visit` gets 4 times the row and the byte offset of its hidden vector. */
export function overRows(
  body: Body,
  { weights }: SparsePanel,
  rows: I32,
  visit: (row: Local<'i32'>, hiddenAt: Local<'i32'>) => void,
): void {
  const row = body.hold(i32.const(0));
  const hiddenAt = body.hold(i32.const(0));
  const end = body.hold(i32.shl(rows, i32.const(2)));
  body.doWhile(() => {
    body.scope(() => visit(row, hiddenAt));
    body.set(row, i32.add(row, i32.const(4)));
    body.set(hiddenAt, i32.add(hiddenAt, i32.const(weights.rowBytes)));
    return i32.ltU(row, end);
  });
}
