import type { KernelName } from '@polysem/engine/kernels';
import type { Cell, Json, ResultColumn } from './cell.ts';

/** The cells of a sweep, each made when it is asked for, so that a million cells take little memory. */
export interface SweepPlan {
  readonly name: string;
  /** The checked spec with defaults filled in; plain data, which {@link SweepPlan.identity} is made of. */
  readonly spec: { readonly [key: string]: Json };
  /** Identity of the spec, version, revision and kernel. */
  readonly identity: string;
  readonly kernel: KernelName;
  /** Folder against which paths of input files are resolved. */
  readonly folder: string;
  /** Number of cells. */
  readonly size: number;
  /** Columns of the values along the axes, the seed last. */
  readonly axisColumns: readonly ResultColumn[];
  /** Columns of the measurements. */
  readonly resultColumns: readonly ResultColumn[];
  readonly cell: (index: number) => Cell;
  /** Values of a cell, by the names of the axis columns; lists and objects as JSON text. */
  readonly axisValues: (index: number) => Readonly<Record<string, number | string>>;
  /** Rough seconds that a cell takes on one thread of this machine. */
  readonly seconds: (index: number) => number;
  /** Rough bytes that the result of a cell takes on disk. */
  readonly bytes: (index: number) => number;
}
