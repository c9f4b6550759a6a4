import { save } from '../output.ts';
import { columnPieces } from '../table-file.ts';

/** Writes measured and predicted capacity of each feature, with what is known of it. */
export async function savePerFeature(
  path: string,
  features: {
    readonly capacity: Float64Array;
    readonly predicted: Float64Array;
    readonly importance: Float64Array;
    readonly kurtosis: Float64Array;
    readonly density: Float64Array | null;
    readonly labels: readonly string[] | null;
  },
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const { capacity, predicted, importance, kurtosis, density, labels } = features;
  const columns = [
    { name: 'feature', values: Int32Array.from(capacity.keys()) },
    ...(labels === null ? [] : [{ name: 'label', values: labels }]),
    { name: 'capacity', values: capacity },
    { name: 'predicted', values: predicted },
    { name: 'residual', values: capacity.map((c, i) => c - predicted[i]) },
    { name: 'importance', values: importance },
    { name: 'kurtosis', values: kurtosis },
    ...(density === null ? [] : [{ name: 'density', values: density }]),
  ];
  await save(path, columnPieces(path, columns, metadata));
}
