import type { Arithmetic } from '@polysem/numerics/lanes';
import type { Generator } from '@polysem/numerics/random';
import type { Body, V128 } from '@polysem/numerics/wasm';

/** A number that a family of distributions depends on, such as degrees of freedom. */
export interface Parameter {
  /** Its letter in help texts. */
  readonly symbol: string;
  /** One line of help. */
  readonly description: string;
  /** The value where none is given. */
  readonly default: number;
  /** True if the family has a member with this value. */
  readonly accepts: (value: number) => boolean;
  /** The condition of `accepts` for error messages, such as "must be .."; it follows the name. */
  readonly requirement: string;
}

/** Values of parameters, by name. */
export type ParameterValues<P extends string> = { readonly [name in P]: number };

/** Ingredients of four float32 values. */
export interface LaneDraw {
  readonly body: Body;
  readonly math: Arithmetic;
  /** Four uniforms on [0, 1), multiples of 2^-24. */
  readonly w: V128;
  /** Emits the drawing of four fresh 32-bit words, where one uniform per value is not enough. */
  readonly words: () => V128;
}

/** Values that are `factor` w + `offset` for a uniform w on [0, 1). Kernels fold the scale of a feature into both. */
export interface LinearLanes {
  readonly factor: number;
  readonly offset: number;
}

/** Emits the drawing of four values. */
export type LaneSampler<P extends string> = (draw: LaneDraw, values: ParameterValues<P>) => V128;

/**
 * One family of distributions of z, the value of an active feature before scaling. A family without parameters ignores
 * the `values` of its functions.
 *
 * To add one: write a file like the others in this folder, and export its object from `all.ts`.
 */
export interface Distribution<Name extends string = string, P extends string = never> {
  /** The name in specs (field `shape`) and of the flag `--shape`. */
  readonly name: Name;
  /** One line of help. */
  readonly description: string;
  /** The parameters by their names in specs; a flag is the same name with hyphens. */
  readonly parameters?: { readonly [name in P]: Parameter };
  /** The smallest z at which the distribution function reaches u, for u in (0, 1). */
  quantile(u: number, values: ParameterValues<P>): number;
  /** E[z^order] for an integer order >= 0: Infinity where it diverges, NaN where it is undefined. */
  rawMoment(order: number, values: ParameterValues<P>): number;
  /** Draws one z in float64. */
  sample(g: Generator, values: ParameterValues<P>): number;
  /** Draws four z in float32. Without it compiled kernels take their batches from `sample`, which is slower. */
  readonly lanes?: LinearLanes | LaneSampler<P>;
  /** The parameter that an order must be below for its moment to exist, if there is one. */
  readonly momentsBelow?: P;
  /** The members by their kurtosis E[z^4] / E[z^2]^2, for mean zero: it takes every value above `above`. */
  readonly byKurtosis?: {
    readonly above: number;
    parameters(kurtosis: number): ParameterValues<P>;
  };
}
