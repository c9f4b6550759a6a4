import type { Cell, CellFailure, CellResult } from '../cell.ts';
import type { CellContext } from '../cells/computation.ts';

/** Cells for a process to compute, one after the other. */
export interface ToProcess {
  readonly cells: readonly Cell[];
  readonly context: Omit<CellContext, 'journal'>;
  /** Folder for the states of long cells; null to keep none. */
  readonly unfinished: string | null;
}

/** The end of a cell, by its place in the message that asked for it. */
export type CellEnd =
  | { readonly at: number; readonly result: CellResult }
  | { readonly at: number; readonly failure: CellFailure };

/** Ends of cells, in order. */
export interface FromProcess {
  readonly ends: readonly CellEnd[];
}
