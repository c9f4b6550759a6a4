import type { Provenance } from '@polysem/figures';
import { csvCell } from '../features/labels.ts';
import type { MeasuredMatrix } from './measured-matrix.ts';

/** A column of a table, one value a feature. */
export interface FeatureColumn {
  readonly name: string;
  readonly values: Float64Array | Int32Array | readonly string[];
}

/** All that is known of each feature, as columns. */
export function featureColumns({ measured, labels, neighbours }: MeasuredMatrix): FeatureColumn[] {
  const { capacity, leverage, squaredNorm, interference, participation } = measured;
  return [
    { name: 'feature', values: Int32Array.from(capacity.keys()) },
    ...(labels === null ? [] : [{ name: 'label', values: labels }]),
    { name: 'capacity', values: capacity },
    { name: 'leverage', values: leverage },
    { name: 'squaredNorm', values: squaredNorm },
    { name: 'interference', values: interference },
    { name: 'participation', values: participation },
    ...(neighbours === null
      ? []
      : [
          { name: 'neighbour', values: neighbours.index },
          { name: 'cosine', values: neighbours.cosine },
        ]),
  ];
}

/** The columns as a file, by the ending of its name. */
export function encodeFeatures(
  path: string,
  matrix: MeasuredMatrix,
  provenance: Provenance,
): string {
  void path;
  void provenance;
  const columns = featureColumns(matrix);
  const lines = [columns.map(({ name }) => name).join(',')];
  for (let i = 0; i < matrix.measured.features; i++) {
    lines.push(columns.map(({ values }) => csvCell(String(values[i]))).join(','));
  }
  return `${lines.join('\n')}\n`;
}
