import {
  describeGeometry,
  GEOMETRY_PARTS,
  MAX_SEARCH_COST,
  type GeometryFigures,
  type GeometryOptions,
} from '@polysem/core/geometry';
import { embedding, type Embedding, type FeatureSource } from '@polysem/core/embedding';
import { forEachGathered } from '@polysem/core/streaming';
import type { TensorFile } from '@polysem/io';
import { gatherFeatures } from '@polysem/io/layouts';
import { geometryWithThreads } from '../measure/measure-with-threads.ts';
import type { FeatureChoice } from '../measure/feature-choice.ts';
import { reporting, type WorkHooks } from '../measure/measure-matrix.ts';

/** A geometry, and the vectors that pictures of it need. */
export interface FoundGeometry {
  readonly geometry: GeometryFigures;
  /** The matrix, where it was read whole. */
  readonly whole: Embedding | null;
  /** The vectors of some features. */
  readonly gather: (features: readonly number[]) => Promise<Embedding>;
}

/** Matrices of more numbers are read in blocks: 32 MB in float64. */
const WHOLE_UP_TO = 2 ** 22;

/** Whether a matrix is read in blocks; then the nearest efficient matrix and alignment are not looked for. */
export function isLarge({ features, dims }: Pick<FeatureSource, 'features' | 'dims'>): boolean {
  return features * dims > WHOLE_UP_TO || features * dims * dims > MAX_SEARCH_COST;
}

/** Finds the geometry of the features of a choice: from memory where they are few, else in blocks, by all threads. */
export async function findGeometry(
  { file, path, choice, source }: OpenChoice,
  options: GeometryOptions,
  threads: number | undefined,
  { onProgress, onNote }: WorkHooks,
): Promise<FoundGeometry> {
  if (isLarge(source)) {
    const cost = costOf(source, choice);
    if (cost !== null) onNote(cost);
    const geometry = await geometryWithThreads(source, {
      ...options,
      threads,
      onProgress: reporting(choice, onProgress),
    });
    const gather = async (features: readonly number[]): Promise<Embedding> => {
      let gathered = embedding(source.dims, features.length);
      await forEachGathered(source, [features], {}, (_, w) => {
        gathered = w;
      });
      return gathered;
    };
    return { geometry, whole: null, gather };
  }
  const whole =
    choice.product === undefined
      ? await gatherFeatures(choice, (name) => file.read(name), path)
      : embedding(source.dims, source.features, await source.read(0, source.features));
  const geometry = describeGeometry(whole, options, (part) =>
    onProgress(`${choice.label}: ${part}`, GEOMETRY_PARTS.indexOf(part) / GEOMETRY_PARTS.length),
  );
  return { geometry, whole, gather: async (features) => vectorsOf(whole, features) };
}

/** The features of a file that are meant. */
export interface OpenChoice {
  readonly file: TensorFile;
  readonly path: string;
  readonly choice: FeatureChoice;
  readonly source: FeatureSource;
}

function vectorsOf({ dims, data }: Embedding, features: readonly number[]): Embedding {
  const own = data.slice(0, features.length * dims);
  features.forEach((i, k) => own.set(data.subarray(i * dims, (i + 1) * dims), k * dims));
  return embedding(dims, features.length, own);
}

/** Multiply-adds from which a matrix's size and cost are told beforehand: some seconds. */
const TOLD = 5e9;
/** Features that all are compared with, at most. */
const COMPARED = 1792;
/** Readings of the features: two for capacities, five for links, one for spectral measures, two for neurons. */
const READINGS = 10;

/** One line on the size of a matrix and the cost of its geometry; null if it takes less than some seconds. */
function costOf(
  { features, dims, precision }: FeatureSource,
  { label }: FeatureChoice,
): string | null {
  // Half the products of S, since S is symmetric; all coordinates for capacities and spectral measures.
  const cost = features * dims * (2.5 * dims + COMPARED);
  if (cost < TOLD) return null;
  const megabytes = (features * dims * (precision === 'float32' ? 4 : 8)) / 1e6;
  return `${label}: ${features} features in ${dims} dimensions, ${Math.round(megabytes)} MB in ${precision}; read in chunks, about ${READINGS} times, ${cost.toExponential(1)} multiply-adds`;
}
