import type { Provenance } from '@polysem/figures';
import type { WrittenColumn } from '@polysem/io/tables';
import { save, toJson } from '../output.ts';
import { columnPieces } from '../table-file.ts';
import type { MeasuredMatrix } from './measured-matrix.ts';

/**
 * Writes all that is known of each feature, as the ending of the name says: of several matrices one below the other, with a
 * column that says which.
 */
export async function saveFeatures(
  path: string,
  matrices: readonly MeasuredMatrix[],
  provenance: Provenance,
): Promise<void> {
  const { polysem, seed, configuration } = provenance;
  const metadata = { polysem, seed: String(seed), configuration: toJson(configuration) };
  await save(path, columnPieces(path, featureColumns(matrices), metadata));
}

const FIGURES = ['capacity', 'leverage', 'squaredNorm', 'interference', 'participation'] as const;

function featureColumns(matrices: readonly MeasuredMatrix[]): WrittenColumn[] {
  const counts = matrices.map(({ measured }) => measured.features);
  const all = counts.reduce((sum, count) => sum + count, 0);
  /** A column below the others, one part a matrix; parts that are not known keep what is there. */
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
      values: below(new Int32Array(all), ({ measured }) =>
        Int32Array.from(measured.capacity.keys()),
      ),
    },
    ...(labels === null
      ? []
      : [{ name: 'label', values: matrices.flatMap((matrix) => matrix.labels ?? []) }]),
    ...FIGURES.map((name) => ({
      name,
      values: below(new Float64Array(all), ({ measured }) => measured[name]),
    })),
    // Of some matrices all pairs may be looked at and of others not: those have none.
    ...(matrices.every(({ neighbours }) => neighbours === null)
      ? []
      : [
          {
            name: 'neighbour',
            values: below(new Int32Array(all).fill(-1), ({ neighbours }) => neighbours?.index),
          },
          {
            name: 'cosine',
            values: below(new Float64Array(all).fill(NaN), ({ neighbours }) => neighbours?.cosine),
          },
        ]),
  ];
}
