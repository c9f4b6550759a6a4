import type { Provenance } from '@polysem/figures';
import type { WrittenColumn } from '@polysem/io';
import { save, toJson } from '../output.ts';
import { columnPieces } from '../table-file.ts';
import type { MeasuredMatrix } from './measured-matrix.ts';

/** Writes all that is known of each feature, as the ending of the name says. */
export async function saveFeatures(
  path: string,
  matrix: MeasuredMatrix,
  provenance: Provenance,
): Promise<void> {
  const { polysem, seed, configuration } = provenance;
  const metadata = { polysem, seed: String(seed), configuration: toJson(configuration) };
  await save(path, columnPieces(path, featureColumns(matrix), metadata));
}

/** All that is known of each feature, as columns. */
function featureColumns({ measured, labels, neighbours }: MeasuredMatrix): WrittenColumn[] {
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
