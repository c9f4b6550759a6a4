import { f32x4, type V128 } from '../wasm/value.ts';

/** The multiply-adds of a kernel, with one rounding or two. */
export interface Arithmetic {
  /** a b + c. */
  readonly multiplyAdd: (a: V128, b: V128, c: V128) => V128;
  /** c - a b. */
  readonly multiplySubtract: (a: V128, b: V128, c: V128) => V128;
}

/**
 * Fused multiply-adds (one rounding; needs relaxed SIMD) or plain ones (two roundings; available everywhere).
 *
 * @param isFused whether to use fused multiply-adds.
 * @returns the multiply-adds.
 * @example
 * ```js
 * import { arithmetic } from '@polysem/numerics/lanes';
 * import { f32x4 } from '@polysem/numerics/wasm';
 * arithmetic(true).multiplyAdd === f32x4.fusedMultiplyAdd; // true
 * ```
 */
export function arithmetic(isFused: boolean): Arithmetic {
  return isFused
    ? {
        multiplyAdd: f32x4.fusedMultiplyAdd,
        multiplySubtract: f32x4.fusedNegatedMultiplyAdd,
      }
    : {
        multiplyAdd: (a, b, c) => f32x4.add(c, f32x4.mul(a, b)),
        multiplySubtract: (a, b, c) => f32x4.sub(c, f32x4.mul(a, b)),
      };
}
