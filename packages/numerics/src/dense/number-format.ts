import type { Precision } from './precision.ts';
import { f32x4, f64x2, v128, type I32, type V128 } from '../wasm/value.ts';

/** A number format: its size, and the instructions for vectors of it. */
export interface NumberFormat {
  readonly precision: Precision;
  /** Bytes per number. */
  readonly bytes: number;
  /** Numbers per 128-bit vector. */
  readonly lanes: number;
  /** Loads one number into all lanes. */
  readonly loadSplat: (address: I32, offset?: number) => V128;
  readonly add: (a: V128, b: V128) => V128;
  /** a b + c, rounded once if the machine can, otherwise twice. */
  readonly multiplyAdd: (a: V128, b: V128, c: V128) => V128;
}

/** The instructions for float32 or float64. */
export function numberFormat(precision: Precision, isFused: boolean): NumberFormat {
  if (precision === 'float32') {
    return {
      precision,
      bytes: 4,
      lanes: 4,
      loadSplat: v128.loadSplat,
      add: f32x4.add,
      multiplyAdd: isFused ? f32x4.fusedMultiplyAdd : (a, b, c) => f32x4.add(c, f32x4.mul(a, b)),
    };
  }
  return {
    precision,
    bytes: 8,
    lanes: 2,
    loadSplat: v128.loadSplat64,
    add: f64x2.add,
    multiplyAdd: isFused ? f64x2.fusedMultiplyAdd : (a, b, c) => f64x2.add(c, f64x2.mul(a, b)),
  };
}
