import { f32x4, v128, type Body, type I32, type V128 } from '@polysem/numerics/wasm';

/** Emits code that adds vectors to consecutive vectors in memory. */
export function addVectors(body: Body, at: I32, address: number, vectors: readonly V128[]): void {
  addToMemory(body, vectors.length, at, address, (v, sum) => f32x4.add(sum, vectors[v]));
}

/**
 * Emits code that replaces consecutive vectors in memory. All are loaded before the first is stored: V8 pairs vectors only if it
 * need not reorder loads and stores.
 *
 * @param next emits the new value of vector `v`.
 */
export function addToMemory(
  body: Body,
  count: number,
  at: I32,
  address: number,
  next: (v: number, sum: V128) => V128,
): void {
  const sums = Array.from({ length: count }, (_, v) =>
    body.hold(next(v, v128.load(at, address + 16 * v))),
  );
  body.storeVectors(at, address, sums);
}
