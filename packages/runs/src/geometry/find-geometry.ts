import {
  describeGeometry,
  GEOMETRY_PARTS,
  MAX_SEARCH_COST,
  type GeometryFigures,
  type GeometryOptions,
} from '@polysem/core/geometry';
import { embedding, type Embedding, type FeatureSource } from '@polysem/core/embedding';
import { forEachGroup, geometryCost } from '@polysem/core/streaming';
import type { TensorFile } from '@polysem/io';
import { gatherFeatures } from '@polysem/io/layouts';
import { geometryWithThreads, type ThreadOptions } from '../measure/measure-with-threads.ts';
import type { FeatureChoice } from '../measure/feature-choice.ts';
import { reporting, type WorkHooks } from '../measure/measure-matrix.ts';

/** A geometry, with access to the vectors for figures. */
export interface FoundGeometry {
  readonly geometry: GeometryFigures;
  /** The matrix if it was read whole, otherwise null. */
  readonly whole: Embedding | null;
  /** Reads the vectors of the given features. */
  readonly gather: (features: readonly number[]) => Promise<Embedding>;
}

/** Largest matrix that is read whole, in numbers (32 MB in float64). */
const WHOLE_UP_TO = 2 ** 22;

/**
 * True if a matrix is so large that the nearest efficient matrix and the alignment with neurons are not computed.
 *
 * @param size number of features and dimensions.
 * @returns true if it is too large for these parts.
 *
 * @example
 * ```js
 * import { isLarge } from 'polysem/runs';
 * isLarge({ features: 1000, dims: 64 }); // false
 * isLarge({ features: 50257, dims: 768 }); // true
 * isLarge({ features: 10, dims: 20000 }); // false
 * ```
 */
export function isLarge({ features, dims }: Pick<FeatureSource, 'features' | 'dims'>): boolean {
  if (features * dims * Math.min(features, dims) > MAX_SEARCH_COST) return true;
  return features * dims > WHOLE_UP_TO && !isWide({ features, dims });
}

/** True if there are so few features that W is much smaller than S, which is D x D and which reading in chunks sums. */
function isWide({ features, dims }: Pick<FeatureSource, 'features' | 'dims'>): boolean {
  return 2 * features <= dims;
}

/**
 * Finds the geometry of a matrix: in memory if it is small, otherwise in chunks by worker threads.
 *
 * @param open the file and the choice of features in it.
 * @param options noise and other settings of the search for blocks.
 * @param how number of threads (default: all processors), and the library for large products of large matrices.
 * @param hooks progress, and a note on the cost of a large matrix.
 * @returns the geometry and access to the vectors.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { findGeometry } from 'polysem/runs';
 * const { dims, features, data } = polytope('pentagon');
 * const file = { read: async (name) => ({ name, dtype: 'F64', shape: [features, dims], data }) };
 * const choice = { tensor: 'W', axis: 'rows', label: 'W', notes: [] };
 * const opened = { file, path: 'w.npy', choice, source: embeddingSource(polytope('pentagon')) };
 * const { geometry } = await findGeometry(opened, {}, { threads: 1 }, { onProgress: () => {}, onNote: () => {} });
 * geometry.shapes[0].name; // 'pentagon'
 * ```
 */
export async function findGeometry(
  { file, path, choice, source, skipped = [] }: OpenChoice,
  options: GeometryOptions,
  how: Pick<ThreadOptions, 'threads' | 'blas'>,
  { onProgress, onNote }: WorkHooks,
): Promise<FoundGeometry> {
  if (isLarge(source) && !isWide(source)) {
    const cost = costOf(source, choice);
    if (cost !== null) onNote(cost);
    const geometry = await geometryWithThreads(source, {
      ...options,
      ...how,
      onProgress: reporting(choice, onProgress),
    });
    const gather = async (features: readonly number[]): Promise<Embedding> => {
      let gathered = embedding(source.dims, features.length);
      await forEachGroup(source, [features], {}, (_, w) => {
        gathered = w;
      });
      return gathered;
    };
    return { geometry, whole: null, gather };
  }
  const whole =
    choice.product === undefined && skipped.length === 0
      ? await gatherFeatures(choice, (name) => file.read(name), path)
      : embedding(source.dims, source.features, await source.read(0, source.features));
  const geometry = describeGeometry(whole, options, (part) =>
    onProgress(`${choice.label}: ${part}`, GEOMETRY_PARTS.indexOf(part) / GEOMETRY_PARTS.length),
  );
  return { geometry, whole, gather: async (features) => vectorsOf(whole, features) };
}

/** An open file and the choice of features in it. */
export interface OpenChoice {
  readonly file: TensorFile;
  readonly path: string;
  readonly choice: FeatureChoice;
  /** The vectors; without those left out. */
  readonly source: FeatureSource;
  /** Indices in the file of features left out, ascending. Default: none. */
  readonly skipped?: readonly number[];
}

function vectorsOf({ dims, data }: Embedding, features: readonly number[]): Embedding {
  const own = data.slice(0, features.length * dims);
  features.forEach((i, k) => own.set(data.subarray(i * dims, (i + 1) * dims), k * dims));
  return embedding(dims, features.length, own);
}

/** Cost, in multiply-adds, from which size and cost are reported first: some seconds. */
const TOLD = 5e9;
/** Passes over the features: two for capacities, five for links, one for spectral measures, two for neurons. */
const READINGS = 10;

/** One line with the size of a matrix and the cost of its geometry; null if it takes only seconds. */
function costOf(
  { features, dims, precision }: FeatureSource,
  { label }: FeatureChoice,
): string | null {
  const cost = geometryCost({ features, dims });
  if (cost < TOLD) return null;
  const megabytes = (features * dims * (precision === 'float32' ? 4 : 8)) / 1e6;
  return `${label}: ${features} features in ${dims} dimensions, ${Math.round(megabytes)} MB in ${precision}; read in chunks in about ${READINGS} passes, up to ${cost.toExponential(1)} multiply-adds`;
}
