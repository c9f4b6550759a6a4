import type { ModelActivations } from '@polysem/engine/kernels';
import type { z } from 'zod';
import type { KernelName } from '@polysem/engine/kernels';
import type { Json, ResultColumn, ResultValue } from '../cell.ts';

/** Parameters of a cell by name; plain data. */
export type Parameters = Readonly<Record<string, Json>>;

/** The surroundings of a cell, which do not change its result. */
export interface CellContext {
  /** Folder against which relative paths of input files are resolved: that of the spec. */
  readonly folder: string;
  /** Number of threads that one cell may use. */
  readonly threads: number;
  /** File in which a long computation keeps its state, from which it resumes; absent to keep nothing. */
  readonly journal?: string;
}

/** One cell to compute. */
export interface CellJob {
  /** Parameters with defaults filled in. */
  readonly parameters: Parameters;
  readonly seed: number;
  readonly kernel: KernelName;
  readonly context: CellContext;
}

/** A column of results. */
export interface Measurement<Result> extends Pick<ResultColumn, 'type'> {
  /** One line for the documentation. */
  readonly description: string;
  /** The value of the column. */
  readonly of: (result: Result) => ResultValue;
}

/** Rough size of the work and the result of a cell. */
export interface CellSize {
  /** Seconds on one thread. */
  readonly seconds: number;
  /** Length of a list with one number per feature. */
  readonly features: number;
  /** Numbers in the file of weights. */
  readonly weights: number;
}

/** A kind of cell: its parameters, measurements and code. One row of the registry. */
export interface Computation<Result = never> {
  readonly name: string;
  /** One line for the documentation. */
  readonly description: string;
  /** Schema of the parameters as a document gives them; all are optional here. */
  readonly schema: z.ZodObject;
  readonly measurements: Readonly<Record<string, Measurement<Result>>>;
  /** Measurements of a document that names none. */
  readonly usual: readonly string[];
  /** Parameters whose numbers stay as they are given, and on which no default of another depends. */
  readonly free: ReadonlySet<string>;
  /**
   * Fills in defaults. Filling in twice changes nothing.
   *
   * @throws RangeError "parameter: what is wrong".
   */
  readonly resolve: (given: Parameters) => Parameters;
  /** Checks values. @throws RangeError "parameter: what is wrong", as the computation itself would. */
  readonly check: (parameters: Parameters) => void;
  /** The model that a kernel trains; null if none does. */
  readonly model: (parameters: Parameters) => ModelActivations | null;
  readonly size: (parameters: Parameters, kernel: KernelName) => CellSize;
  readonly compute: (job: CellJob) => Result | Promise<Result>;
  /** Bytes of a safetensors file; absent if the computation has no weights. */
  readonly weights?: (result: Result, kernel: KernelName) => Uint8Array;
}
