import { activationStatistics, varianceExplained } from '@polysem/core/audit';
import { openTensors } from '@polysem/io';
import { shownLocation } from '@polysem/io/bytes';
import type { MatrixOptions } from '@polysem/io/tables';
import { inflateBrotli, openLocation } from '@polysem/io/node';
import { UsageError } from '../usage-error.ts';
import type { FeatureTable } from './feature-table.ts';

/** Numbers read at once. */
const CHUNK = 1 << 20;

/**
 * Computes per-feature statistics of a matrix of activations, samples x features. Reads it in chunks of samples, so it may
 * be larger than memory.
 *
 * @param location a file with one tensor, on disk or on the web.
 * @param squaredNorm |w_i|^2 of the vector of each feature.
 * @param onProgress called with the fraction done, 0 to 1.
 * @param onNote called with what was taken for names, an index or comments in a table.
 * @param matrix layout of a table; found from the content by default.
 * @returns the statistics as columns of a table.
 * @throws UsageError or FormatError if the file does not contain such a matrix.
 *
 * @example
 * ```js
 * import { rmSync, writeFileSync } from 'node:fs';
 * import { encodeNpy } from 'polysem/io';
 * import { readActivations } from 'polysem/runs';
 * writeFileSync('activations.npy', encodeNpy({ shape: [4, 2], data: Float64Array.of(1, 0, 0, 0, 0, 2, 0, 2) }));
 * const table = await readActivations('activations.npy', Float64Array.of(1, 1), () => {});
 * rmSync('activations.npy');
 * table.numbers('density'); // [0.25, 0.5]
 * ```
 */
export async function readActivations(
  location: string,
  squaredNorm: Float64Array,
  onProgress: (done: number) => void,
  onNote: (note: string) => void = () => {},
  matrix: MatrixOptions = {},
): Promise<FeatureTable> {
  const source = await openLocation(location);
  const path = shownLocation(location);
  try {
    const file = await openTensors(source, { matrix, brotli: inflateBrotli });
    for (const each of file.notes ?? []) onNote(`${path}: ${each}`);
    const [entry] = file.entries;
    const features = squaredNorm.length;
    if (file.entries.length !== 1 || entry.shape.length !== 2 || entry.shape[1] !== features) {
      const found = file.entries.map(({ shape }) => shape.join(' x ') || 'scalar').join(', ');
      throw new UsageError(
        `${path}: contains ${found}; activations of ${features} features must be one matrix, samples x ${features}`,
      );
    }
    const reader = await file.open(entry.name);
    const samples = entry.shape[0];
    if (reader.order !== 'C' && features > 1 && samples > 1) {
      throw new UsageError(
        `${path}: is stored feature by feature (Fortran order); save it sample by sample, with np.ascontiguousarray`,
      );
    }
    const gathered = activationStatistics(features);
    const rows = Math.max(1, Math.floor(CHUNK / features));
    for (let first = 0; first < samples; first += rows) {
      const count = Math.min(rows, samples - first);
      // oxlint-disable-next-line no-await-in-loop -- one chunk in memory at a time
      const chunk = await reader.read(first * features, count * features);
      gathered.add(chunk, count);
      onProgress((first + count) / samples);
    }
    return tableOf(path, gathered.result(), squaredNorm);
  } finally {
    await source.close();
  }
}

function tableOf(
  name: string,
  statistics: ReturnType<ReturnType<typeof activationStatistics>['result']>,
  squaredNorm: Float64Array,
): FeatureTable {
  const { density, mean, meanActive, meanSquare, variance, kurtosis, kurtosisAboutZero } =
    statistics;
  const columns: Record<string, Float64Array> = {
    density,
    mean,
    meanActive,
    meanSquare,
    rms: meanSquare.map(Math.sqrt),
    variance,
    kurtosis,
    kurtosisAboutZero,
    explained: varianceExplained(meanSquare, squaredNorm),
  };
  return {
    name,
    columns: Object.keys(columns),
    rows: squaredNorm.length,
    numbers: (column) => columns[column],
    texts: (column) => Array.from(columns[column], String),
    place: (row) => `feature ${row}`,
  };
}
