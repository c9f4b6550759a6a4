import type { Json } from '../cell.ts';
import type { Parameters } from '../cells/computation.ts';

/** A range of numbers. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** An axis over one parameter; exactly one of its forms is given. */
export interface AxisDocument {
  readonly parameter: string;
  readonly values?: readonly Json[];
  readonly linear?: Range;
  readonly log?: Range;
  readonly random?: Range & {
    readonly distribution?: 'uniform' | 'log-uniform' | 'integers';
    readonly seed?: number;
  };
}

/** A sweep as a user describes it. */
export interface SweepDocument {
  readonly $schema?: string;
  readonly name?: string;
  readonly compute: string;
  readonly parameters?: Parameters;
  readonly axes?: readonly (AxisDocument | { readonly zip: readonly AxisDocument[] })[];
  /** SHA-256 of input files by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly seeds?: number | readonly number[] | { readonly from: number; readonly count: number };
  readonly measurements?: readonly string[];
  readonly weights?: boolean;
  readonly kernel?: 'auto' | 'wasm-fma' | 'wasm-simd' | 'typescript';
}
