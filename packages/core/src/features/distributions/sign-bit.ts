import { f32x4, v128, type V128 } from '@polysem/numerics/wasm';

/** The sign bit of a float32 in each lane where a uniform w on [0, 1) is below 1/2. */
export function signBit(w: V128): V128 {
  return v128.and(f32x4.lt(w, f32x4.const(0.5)), f32x4.const(-0));
}
