import type { Precision } from './precision.ts';
import { assertSize, type Block } from './block.ts';
import { machineFor } from './program.ts';
import { triangleSize } from './triangle.ts';
import { typescriptFrameAccumulator } from './typescript-frame.ts';
import { wasmFrameAccumulator } from './wasm-frame.ts';

/** Sums over the first features, from which an accumulator goes on as if it had added those itself. */
export interface FrameSums {
  /** How many features are in them. */
  readonly features: number;
  /** Rows from .. to - 1 of the lower triangle, one after the other: row r has r + 1 numbers. */
  readonly triangle: Float64Array;
}

/** Which rows of S are summed, and how exactly. */
export interface FrameAccumulatorOptions {
  /** D, the dimensions of the features. */
  readonly dims: number;
  /** The first row, 0 <= from <= to. */
  readonly from: number;
  /** The row after the last, to <= dims. */
  readonly to: number;
  /**
   * `float32` multiplies in float32, adds short runs of features in float32, and adds those in float64; numbers of
   * float64 blocks are rounded to float32 first. `float64` does all in float64.
   */
  readonly precision: Precision;
  /** What another accumulator of these rows and this precision had summed: features after those are to be added. */
  readonly begun?: FrameSums | undefined;
}

/** Sums rows of the lower triangle of the frame operator S = sum_f w_f w_f^T over blocks of features. */
export interface FrameAccumulator {
  /** Adds `count` features. */
  readonly add: (block: Block, count: number) => void;
  /**
   * What is summed so far, to be gone on from: features are added in runs, and those of a run that is not whole yet are
   * not in it.
   */
  readonly sums: () => FrameSums;
  /**
   * The sum over all features added: rows from .. to - 1, row-major, (to - from) x dims numbers; those right of the
   * diagonal are 0. Nothing may be added afterwards.
   */
  readonly result: () => Float64Array;
}

/**
 * The frame operator of a matrix that comes in blocks. Every entry is summed over features in one and the same order,
 * whatever the rows asked for and however features are cut into blocks: threads may share S by rows, and its bytes do
 * not tell how many there were. O(D) multiply-adds a feature and row.
 *
 * @throws RangeError if the sizes do not fit; `add` if a block is too short.
 */
export function frameAccumulator(options: FrameAccumulatorOptions): FrameAccumulator {
  const { dims, from, to, begun } = options;
  assertSize('frameAccumulator', 'dims', dims);
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= dims)) {
    throw new RangeError(
      `frameAccumulator: rows must be integers with 0 <= from <= to <= ${dims}, got ${from} to ${to}`,
    );
  }
  const size = triangleSize(from, to);
  if (begun !== undefined && begun.triangle.length !== size) {
    throw new RangeError(
      `frameAccumulator: begun has ${begun.triangle.length} numbers, rows ${from} to ${to} have ${size}`,
    );
  }
  const machine = machineFor(options.precision);
  return machine === null
    ? typescriptFrameAccumulator(options)
    : wasmFrameAccumulator(options, machine);
}
