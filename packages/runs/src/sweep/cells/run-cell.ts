import { allocateQuadratic } from '@polysem/core/theory';
import type { CellResult, CellSpec } from '../cell.ts';

/** The surroundings of a cell, which do not change its result. */
export interface CellContext {
  /** Folder against which relative paths of input files are resolved: that of the spec. */
  readonly folder: string;
  /** Number of threads that one cell may use. */
  readonly threads: number;
  /** File in which a long computation keeps its state, from which it resumes; absent to keep nothing. */
  readonly journal?: string;
}

/**
 * Computes one cell. The result is a pure function of the spec.
 *
 * @param spec the spec.
 * @param context folder and threads.
 * @returns the measurements that the spec names, and the weights if it asks for them.
 * @throws RangeError, UsageError or FormatError if the computation itself fails; it would fail again.
 */
export async function runCell(spec: CellSpec, _context: CellContext): Promise<CellResult> {
  const { importance, kurtosis, dims } = spec.parameters as unknown as {
    readonly importance: readonly number[];
    readonly kurtosis: number;
    readonly dims: number;
  };
  const { loss, price, capacity } = allocateQuadratic({ importance, kurtosis, dims });
  return { values: { loss, price, capacity: [...capacity] } };
}
