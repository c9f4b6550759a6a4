import type { ComparedSide } from '@polysem/core/compare';
import type { WrittenColumn } from '@polysem/io/tables';
import { tableFiles, type OutputFile } from '@polysem/runs';
import type { ComparedMatrices } from '@polysem/runs/compare';
import { toJson } from '@polysem/runs/to-json';
import { comparisonConfiguration } from './json.ts';
import { fileNumbers, valuesAt } from './numbered.ts';

/**
 * Encodes the pairs as CSV or Parquet, depending on the ending of the path: one row per pair, then one per feature of A and of B
 * without a pair, whose other index is -1.
 *
 * @param path path of the output; ends in .csv or .parquet.
 * @param compared the comparison and its matrices.
 * @param version version of polysem.
 * @returns the table, and the file with its configuration if there is one.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { compareMatrices } from 'polysem/measure';
 * import { pairFiles } from 'polysem/reports';
 * const choice = { tensor: 'W', axis: 'rows', label: 'W', notes: [] };
 * const matrix = { file: 'w.npy', sha256: null, choice, source: embeddingSource(polytope('pentagon')), labels: null };
 * const settings = { centre: false, normalise: false, threads: 1 };
 * const compared = await compareMatrices(matrix, matrix, settings, () => {});
 * const [table] = pairFiles('pairs.csv', compared, '0.1.0');
 * const [header] = table.content;
 * new TextDecoder().decode(header);
 * // 'a,b,cosine,capacityA,capacityB,difference,nearestOfA,nearestOfB\n'
 * ```
 */
export function pairFiles(
  path: string,
  compared: ComparedMatrices,
  version: string,
): [OutputFile, ...OutputFile[]] {
  return tableFiles(path, columnsOf(compared), {
    polysem: version,
    configuration: toJson(comparisonConfiguration(compared)),
  });
}

function columnsOf({ comparison, a, b }: ComparedMatrices): WrittenColumn[] {
  const { pairs } = comparison;
  const [ofA, ofB] = [comparison.a.unmatched, comparison.b.unmatched];
  const rows = pairs.a.length + ofA.length + ofB.length;
  const indexA = new Int32Array(rows).fill(-1);
  const indexB = new Int32Array(rows).fill(-1);
  indexA.set(pairs.a);
  indexB.set(pairs.b);
  indexA.set(ofA, pairs.a.length);
  indexB.set(ofB, pairs.a.length + ofA.length);
  const cosine = new Float64Array(rows).fill(NaN);
  cosine.set(pairs.cosine);
  const capacityA = valuesAt(comparison.a.measured.capacity, indexA);
  const capacityB = valuesAt(comparison.b.measured.capacity, indexB);
  return [
    { name: 'a', values: fileNumbers(a, comparison.a.measured.features)(indexA) },
    ...labelColumn('labelA', a, indexA),
    { name: 'b', values: fileNumbers(b, comparison.b.measured.features)(indexB) },
    ...labelColumn('labelB', b, indexB),
    { name: 'cosine', values: cosine },
    { name: 'capacityA', values: capacityA },
    { name: 'capacityB', values: capacityB },
    { name: 'difference', values: capacityB.map((capacity, k) => capacity - capacityA[k]) },
    ...nearestColumn('nearestOfA', comparison.a, indexA),
    ...nearestColumn('nearestOfB', comparison.b, indexB),
  ];
}

function labelColumn(
  name: string,
  { labels }: ComparedMatrices['a'],
  indices: Int32Array,
): WrittenColumn[] {
  if (labels === null) return [];
  return [{ name, values: Array.from(indices, (i) => (i < 0 ? '' : labels[i])) }];
}

/** The cosine with the nearest feature of the other dictionary, whether they are a pair or not. */
function nearestColumn(
  name: string,
  { nearest }: ComparedSide,
  indices: Int32Array,
): WrittenColumn[] {
  return nearest === null ? [] : [{ name, values: valuesAt(nearest.cosine, indices) }];
}
