import { tableFiles, type OutputFile } from '@polysem/runs';

/**
 * Encodes the per-feature results of an audit as CSV or Parquet, depending on the ending of the path.
 *
 * @param path path of the output; ends in .csv or .parquet.
 * @param features indices in the file (default: 0, 1, 2 ..), measured and predicted capacity, importance, kurtosis, and density and labels if known.
 * @param metadata texts, among them JSON; stored in a Parquet file or beside a CSV file.
 * @returns the table, and the file with its metadata if there is one.
 *
 * @example
 * ```js
 * import { auditFiles } from 'polysem/reports';
 * const one = Float64Array.of(1);
 * const features = { capacity: one, predicted: one, importance: one, kurtosis: one, density: null, labels: null };
 * const [table] = auditFiles('audit.csv', features, {});
 * const [header] = table.content;
 * new TextDecoder().decode(header); // 'feature,capacity,predicted,residual,importance,kurtosis\n'
 * ```
 */
export function auditFiles(
  path: string,
  features: {
    readonly feature?: Int32Array;
    readonly capacity: Float64Array;
    readonly predicted: Float64Array;
    readonly importance: Float64Array;
    readonly kurtosis: Float64Array;
    readonly density: Float64Array | null;
    readonly labels: readonly string[] | null;
  },
  metadata: Readonly<Record<string, string>>,
): [OutputFile, ...OutputFile[]] {
  const { capacity, predicted, importance, kurtosis, density, labels } = features;
  const columns = [
    { name: 'feature', values: features.feature ?? Int32Array.from(capacity.keys()) },
    ...(labels === null ? [] : [{ name: 'label', values: labels }]),
    { name: 'capacity', values: capacity },
    { name: 'predicted', values: predicted },
    { name: 'residual', values: capacity.map((c, i) => c - predicted[i]) },
    { name: 'importance', values: importance },
    { name: 'kurtosis', values: kurtosis },
    ...(density === null ? [] : [{ name: 'density', values: density }]),
  ];
  return tableFiles(path, columns, metadata);
}
