import type { Arithmetic } from '@polysem/numerics/lanes';
import type { Body, Local, V128 } from '@polysem/numerics/wasm';

/**
 * An activation f with its derivative: in float64, and for the WebAssembly kernels in four float32 lanes. One file per
 * activation, which `all.ts` registers.
 */
export interface ActivationFunction<Name extends string = string> {
  /** The name in specs and flags. */
  readonly name: Name;
  /** The name in text and figures, where it differs: 'ReLU'. */
  readonly label?: string;
  /** f(x) in float64. */
  readonly value: (x: number) => number;
  /** f'(x) in float64; at a kink any value between the two slopes. */
  readonly slope: (x: number) => number;
  /** True if f' jumps at 0. Kinks elsewhere are not supported. */
  readonly hasKink: boolean;
  /** Code for four float32 lanes. A model with an activation without it trains with the `typescript` kernel. */
  readonly lanes?: LaneActivation;
}

/** Code for an activation in four float32 lanes. */
export interface LaneActivation {
  /** Emits f(x). */
  readonly value: (body: Body, math: Arithmetic, x: Local<'v128'>) => V128;
  /** Emits f(x), and prepares the backward pass. */
  readonly withSlope: (body: Body, math: Arithmetic, x: Local<'v128'>) => ValueAndSlope;
  /** True if f(x) = 0 and f'(x) = 0 for all x <= 0; the backward pass skips such outputs. */
  readonly isRectified: boolean;
}

/** The value of an activation, and its backward pass. */
export interface ValueAndSlope {
  /** f(x). */
  readonly value: V128;
  /** Multiplies the gradient with respect to f(x) by f'(x). */
  readonly backward: (gradient: V128) => V128;
}
