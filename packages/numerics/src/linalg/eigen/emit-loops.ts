import type { Body, Local } from '../../wasm/module.ts';
import { f64, f64x2, i32, v128, type F64, type I32, type V128 } from '../../wasm/value.ts';

/** Bytes of a float64. */
export const NUMBER = 8;

/** An integer constant. */
export function constant(value: number): I32 {
  return i32.const(value);
}

/** Advances a pointer. */
export function advance(body: Body, pointer: Local<'i32'>, bytes: number | I32): void {
  body.set(pointer, i32.add(pointer, typeof bytes === 'number' ? constant(bytes) : bytes));
}

/** Runs the block `count` times; `count` may be 0. */
export function repeat(body: Body, count: I32, block: () => void): void {
  body.scope(() => {
    const left = body.hold(count);
    body.while(
      () => left,
      () => {
        block();
        body.set(left, i32.sub(left, constant(1)));
      },
    );
  });
}

/** Runs a block for each `unrolled` of `count` repetitions, then another for each remaining one. */
export function repeatUnrolled(
  body: Body,
  count: I32,
  unrolled: 2 | 4,
  block: () => void,
  rest: () => void,
): void {
  repeat(body, i32.shrU(count, constant(unrolled === 4 ? 2 : 1)), block);
  repeat(body, i32.and(count, constant(unrolled - 1)), rest);
}

/** a b + c with two roundings, so that every engine gives the same result. */
export function multiplyAdd(a: V128, b: V128, c: V128): V128 {
  return f64x2.add(c, f64x2.mul(a, b));
}

/** Sum of the four lanes of two vectors. */
export function sumOfFour(body: Body, even: V128, odd: V128): F64 {
  const both = body.hold(f64x2.add(even, odd));
  return f64.add(f64x2.lane(both, 0), f64x2.lane(both, 1));
}

/** Loads two consecutive vectors. */
export function loadPair(body: Body, address: I32, offset = 0): readonly Local<'v128'>[] {
  return [0, 1].map((v) => body.hold(v128.load(address, offset + 16 * v)));
}
