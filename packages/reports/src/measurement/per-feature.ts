import type { Provenance } from '@polysem/figures';
import type { WrittenColumn } from '@polysem/io/tables';
import { toJson } from '@polysem/runs/to-json';
import { tableFiles, type OutputFile } from '@polysem/runs';
import { originalIndices, originalNeighbours, type MeasuredMatrix } from '@polysem/runs/measure';

/**
 * Encodes a table with one row per feature as CSV or Parquet, depending on the ending of the path. Several matrices are
 * stacked, with a column for the name of the matrix.
 *
 * @param path path of the output; ends in .csv or .parquet.
 * @param matrices the measured matrices.
 * @param provenance stored in a Parquet file, or beside a CSV file.
 * @returns the table, and the file with its provenance if there is one.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { featureFiles } from 'polysem/reports';
 * import { measureMatrix } from 'polysem/measure';
 * const options = { centre: false, normalise: false, precision: 'auto', neighbours: 'always', baselines: [], blocks: false };
 * const matrix = {
 *   source: embeddingSource(polytope('pentagon')),
 *   choice: { tensor: 'W', axis: 'rows', label: 'W', notes: [] },
 *   labels: null,
 * };
 * const quiet = { onProgress: () => {}, onNote: () => {} };
 * const measured = await measureMatrix(matrix, { ...options, seed: 0, threads: 1 }, quiet);
 * const [table, notes] = featureFiles('w.csv', [measured], { polysem: '0.1.0', configuration: {} });
 * JSON.parse(notes.content).polysem; // '0.1.0'
 * ```
 */
export function featureFiles(
  path: string,
  matrices: readonly MeasuredMatrix[],
  provenance: Provenance,
): [OutputFile, ...OutputFile[]] {
  const { polysem, seed, configuration } = provenance;
  const [outOfRange] = matrices.flatMap(({ summary }) => summary.outOfRange ?? []);
  const metadata = {
    polysem,
    seed: String(seed),
    configuration: toJson(configuration),
    ...(outOfRange !== undefined && { outOfRange }),
  };
  return tableFiles(path, featureColumns(matrices), metadata);
}

const FIGURES = ['capacity', 'leverage', 'squaredNorm', 'interference', 'participation'] as const;

function featureColumns(matrices: readonly MeasuredMatrix[]): WrittenColumn[] {
  const counts = matrices.map(({ measured }) => measured.features);
  const all = counts.reduce((sum, count) => sum + count, 0);
  /** Fills a column with one part per matrix; unknown parts keep their initial values. */
  const below = <T extends Float64Array | Int32Array>(
    column: T,
    part: (matrix: MeasuredMatrix) => ArrayLike<number> | undefined,
  ): T => {
    let row = 0;
    matrices.forEach((matrix, k) => {
      column.set(part(matrix) ?? [], row);
      row += counts[k];
    });
    return column;
  };
  const [{ labels }] = matrices;
  return [
    ...(matrices.length === 1
      ? []
      : [
          {
            name: 'matrix',
            values: matrices.flatMap(({ choice }, k) =>
              Array.from({ length: counts[k] }, () => choice.label),
            ),
          },
        ]),
    {
      name: 'feature',
      values: below(new Int32Array(all), originalIndices),
    },
    ...(labels === null
      ? []
      : [{ name: 'label', values: matrices.flatMap((matrix) => matrix.labels ?? []) }]),
    ...FIGURES.map((name) => ({
      name,
      values: below(new Float64Array(all), (matrix) => inRange(matrix, name)),
    })),
    ...relativeNormColumns(matrices, below, all),
    // Matrices without neighbours get -1 and NaN if other matrices have them.
    ...(matrices.every(({ neighbours }) => neighbours === null)
      ? []
      : [
          {
            name: 'neighbour',
            values: below(new Int32Array(all).fill(-1), originalNeighbours),
          },
          {
            name: 'cosine',
            values: below(new Float64Array(all).fill(NaN), ({ neighbours }) => neighbours?.cosine),
          },
        ]),
  ];
}

/** A figure of each feature; NaN, an empty cell, where its squares leave the range of float64. */
function inRange(
  { measured, summary }: MeasuredMatrix,
  name: (typeof FIGURES)[number],
): ArrayLike<number> {
  const values = measured[name];
  return summary.outOfRange === null
    ? values
    : values.map((value) => (Number.isFinite(value) ? value : NaN));
}

/** Fills a column of a table in which matrices are stacked. */
type Fill = (
  column: Float64Array<ArrayBuffer>,
  part: (matrix: MeasuredMatrix) => ArrayLike<number> | undefined,
) => Float64Array<ArrayBuffer>;

/** Columns `relativeNorm0`, `relativeNorm1`, .. of crosscoders; NaN for matrices without that part. */
function relativeNormColumns(
  matrices: readonly MeasuredMatrix[],
  below: Fill,
  rows: number,
): WrittenColumn[] {
  const parts = new Set(matrices.flatMap(({ relativeNorms }) => relativeNorms?.parts ?? []));
  return [...parts].map((part) => ({
    name: `relativeNorm${part}`,
    values: below(
      new Float64Array(rows).fill(NaN),
      ({ relativeNorms: norms }) => norms?.values[norms.parts.indexOf(part)],
    ),
  }));
}
