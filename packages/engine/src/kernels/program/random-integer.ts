import { f64, i32, type I32 } from '@polysem/numerics/wasm';

/** Emits a uniform integer from 0 to `count` - 1 from a random word. Relative errors of probabilities are at most `count` * 2^-31. */
export function randomIntegerBelow(word: I32, count: I32): I32 {
  const uniform = f64.mul(f64.fromI32(i32.shrU(word, i32.const(1))), f64.const(2 ** -31));
  return i32.fromF64(f64.mul(uniform, f64.fromI32(count)));
}
