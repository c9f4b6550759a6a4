import type { Neighbours } from '@polysem/numerics/dense';
import { bestAssignment } from '@polysem/numerics/linalg';
import { meanOf } from '../audit/correlation.ts';
import type { FeatureSource } from '../embedding/feature-source.ts';
import type { Signs } from '../streaming/chunk-pair.ts';
import { crossNeighbours } from '../streaming/cross-neighbours.ts';
import type { StreamWorkers } from '../streaming/workers.ts';
import type { CompareOptions } from './comparison.ts';
import { cosineMatrix, type CosineMatrix } from './cosine-matrix.ts';
import { hooksOf } from './measured-side.ts';
import type { PairIndices } from './pair-features.ts';
import { pairCosines } from './paired-source.ts';

/** Features matched by cosine, and the nearest feature of each. Indices count non-zero features. */
export interface Matched {
  readonly pairs: PairIndices;
  /** For each feature of A the nearest of B with its signed cosine, and for each of B the nearest of A. */
  readonly nearest: { readonly a: Neighbours; readonly b: Neighbours };
  readonly mcc: number | null;
  readonly mmcs: { readonly a: number; readonly b: number } | null;
}

/** The assignment with the largest sum of cosines (|cosines| if signs are free). Neither source may hold a zero vector. */
export async function matchOneToOne(
  a: FeatureSource,
  b: FeatureSource,
  signs: Signs,
  options: CompareOptions,
  workers: StreamWorkers,
): Promise<Matched> {
  const matrix = await cosineMatrix(a, b, options, workers);
  const { isTransposed } = matrix;
  const signed = signs === 'fixed' ? assigned(matrix, options).columnOf : null;
  const { ofRows, ofColumns } = largestOf(matrix);
  takeMagnitudes(matrix);
  const free = assigned(matrix, options);
  const nearest = signs === 'fixed' ? { ofRows, ofColumns } : largestOf(matrix);
  const bySide = <T>(row: T, column: T): { a: T; b: T } =>
    isTransposed ? { a: column, b: row } : { a: row, b: column };
  const { a: toB, b: toA } = bySide(nearest.ofRows.index, nearest.ofColumns.index);
  return {
    pairs: pairsOf(signed ?? free.columnOf, isTransposed),
    nearest: {
      a: {
        index: toB,
        cosine: await pairCosines(a, b, { a: range(toB.length), b: toB }, options),
      },
      b: {
        index: toA,
        cosine: await pairCosines(b, a, { a: range(toA.length), b: toA }, options),
      },
    },
    mcc: Math.min(1, meanOf(free.cosines)),
    mmcs: bySide(ofRows.mean, ofColumns.mean),
  };
}

/** The cosines (|cosines| if signs are free) of the best assignment, in float32. */
export async function assignedCosines(
  a: FeatureSource,
  b: FeatureSource,
  signs: Signs,
  workers: StreamWorkers,
): Promise<Float64Array> {
  const matrix = await cosineMatrix(a, b, {}, workers);
  if (signs === 'free') takeMagnitudes(matrix);
  return assigned(matrix, {}).cosines;
}

function takeMagnitudes({ values }: CosineMatrix): void {
  for (let at = 0; at < values.length; at++) values[at] = Math.abs(values[at]);
}

/** The column of each row in the best assignment, and their entry. */
function assigned(
  { values, rows, columns }: CosineMatrix,
  { onProgress }: CompareOptions,
): { readonly columnOf: Int32Array; readonly cosines: Float64Array } {
  const columnOf = bestAssignment(values, rows, columns, (done, total) =>
    onProgress?.({ part: 'pairs', stage: 'assignment', done, total }),
  );
  const cosines = Float64Array.from(columnOf, (column, row) => values[row * columns + column]);
  return { columnOf, cosines };
}

/** 0 .. count - 1. */
function range(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** Pairs in ascending order of A. */
function pairsOf(columnOf: Int32Array, isTransposed: boolean): PairIndices {
  const rows = Int32Array.from(columnOf.keys());
  if (!isTransposed) return { a: rows, b: columnOf };
  const order = rows.toSorted((i, j) => columnOf[i] - columnOf[j]);
  return { a: order.map((row) => columnOf[row]), b: order };
}

/** The largest entry of each row or column: its place, the lowest among equal ones, and the mean of all. */
interface Largest {
  readonly index: Int32Array;
  readonly mean: number;
}

function largestOf({ values, rows, columns }: CosineMatrix): {
  readonly ofRows: Largest;
  readonly ofColumns: Largest;
} {
  const [rowBest, columnBest] = [rows, columns].map((n) => new Float64Array(n).fill(-Infinity));
  const [rowIndex, columnIndex] = [new Int32Array(rows), new Int32Array(columns)];
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const value = values[at];
      if (value > rowBest[row]) {
        rowBest[row] = value;
        rowIndex[row] = column;
      }
      if (value > columnBest[column]) {
        columnBest[column] = value;
        columnIndex[column] = row;
      }
    }
  }
  return {
    ofRows: { index: rowIndex, mean: Math.min(1, meanOf(rowBest)) },
    ofColumns: { index: columnIndex, mean: Math.min(1, meanOf(columnBest)) },
  };
}

/** Pairs of which each feature is the nearest of the other. */
export async function matchMutually(
  a: FeatureSource,
  b: FeatureSource,
  signs: Signs,
  options: CompareOptions,
  workers: StreamWorkers,
): Promise<Matched> {
  const { ofA, ofB } = await crossNeighbours(
    a,
    b,
    { signs, ...hooksOf(options, 'pairs'), ...options.keeper?.matching() },
    workers,
  );
  const mutual = Int32Array.from(ofA.index.keys()).filter((i) => ofB.index[ofA.index[i]] === i);
  return {
    pairs: { a: mutual, b: mutual.map((i) => ofA.index[i]) },
    nearest: { a: ofA, b: ofB },
    mcc: null,
    mmcs: signs === 'fixed' ? { a: meanOf(ofA.cosine), b: meanOf(ofB.cosine) } : null,
  };
}
