import type { KernelName } from '@polysem/engine/kernels';
import { identity } from '../identity.ts';

/** A value that JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Everything that decides the result of one cell; plain data. */
export interface CellSpec {
  /** The computation: `train`, `allocate` and so on. */
  readonly compute: string;
  /** All parameters of the computation, with defaults filled in. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** Names of the measurements that become columns of the table. */
  readonly measurements: readonly string[];
  /** True to keep the trained weights in a file. */
  readonly weights: boolean;
  readonly seed: number;
  readonly version: string;
  readonly revision: number;
  readonly kernel: KernelName;
}

/** One cell of a sweep. */
export interface Cell {
  /** Place in the plan, from 0. */
  readonly index: number;
  /** Identity of the spec ({@link cellId}). */
  readonly id: string;
  readonly spec: CellSpec;
}

/** A number (NaN and infinities included), text, a list of numbers, or null if the cell has no such value. */
export type ResultValue = number | string | null | readonly number[];

/** The result of one cell. */
export interface CellResult {
  /** One value per measurement. */
  readonly values: Readonly<Record<string, ResultValue>>;
  /** Bytes of a safetensors file, if the spec asks for weights. */
  readonly weights?: Uint8Array;
}

/** The failure of one cell. */
export interface CellFailure {
  /** One line: the reason. */
  readonly message: string;
  /** `permanent`: the computation itself failed and would fail again; `retryable`: its process died, say. */
  readonly kind: 'permanent' | 'retryable';
}

/** The end of one cell, which its place in the plan and its identity name. */
export type CellOutcome = Pick<Cell, 'index' | 'id'> &
  ({ readonly result: CellResult } | { readonly failure: CellFailure });

/** The type of a column of the table. */
export interface ResultColumn {
  readonly name: string;
  /** `numbers`: a list of numbers per cell. */
  readonly type: 'number' | 'integer' | 'text' | 'numbers';
}

/**
 * The identity of a cell: the SHA-256 of the canonical JSON of its spec. Cells with the same identity have the same result,
 * byte for byte, in every sweep.
 *
 * @param spec the spec.
 * @returns 64 hexadecimal digits.
 *
 * @example
 * ```js
 * import { cellId, planSweep } from 'polysem/sweep';
 * const parameters = { importance: [4, 2, 1], kurtosis: 9, dims: 1 };
 * const { id, spec } = planSweep({ compute: 'allocate', parameters }).cell(0);
 * cellId(spec) === id; // true
 * ```
 */
export function cellId(spec: CellSpec): string {
  return identity(spec);
}
