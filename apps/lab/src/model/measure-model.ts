import { binEdges, histogram, marchenkoPasturSpectrum } from '@polysem/core/capacity';
import type { FeatureSource } from '@polysem/core/embedding';
import {
  CHEAP_NEIGHBOURS,
  centred,
  gaussianBaselineFigures,
  inlineWorker,
  meanVector,
  measureStream,
  neighbourCost,
  spectrumBaselineFigures,
  streamNeighbours,
  summariseMatrix,
  unitLength,
  type BaselineFigures,
  type StreamMeasurement,
  type StreamNeighbours,
  type StreamProgress,
  type StreamWorkers,
} from '@polysem/core/streaming';
import { openPool, type WebWorker } from '@polysem/threads/browser';
import type { Choice } from './choices.ts';
import { count } from './format.ts';
import type { ModelFigures, ModelProgress, ModelReference } from './messages.ts';
import { costsOf, reporter } from './progress.ts';

/** The default seed of `polysem measure`. */
const SEED = 0;
/** Cost in multiply-adds below which one thread is faster than starting workers. */
const SMALL = 2e9;
/** Features listed at either end; vocabularies hold a thousand unused tokens. */
const LISTED = 2000;
/** Bins of the histogram; few features get few, so that noise does not dominate. */
const BINS = [20, 60] as const;
/** Largest side of the matrix S, or of the Gram matrix. */
const WIDEST = 10_000;
/** Matrices of that size in memory at once: S, its eigenvectors, and two in WebAssembly that give them. */
const COPIES = 4;

/** Settings and callbacks of a measurement. */
export interface MeasureHooks {
  readonly threads: number;
  readonly choices: readonly Choice[];
  readonly onProgress: (progress: ModelProgress) => void;
  /** Called when capacities are known, before neighbours are searched for. */
  readonly onFigures: (figures: ModelFigures) => void;
}

/** A matrix that needs more memory than a page should take. */
export class TooWide extends RangeError {}

/**
 * Measures a matrix with the settings that `polysem measure --baseline gaussian,spectrum` has, so that all numbers are the
 * same.
 *
 * @returns the nearest neighbours; null if comparing all pairs would take long and was not asked for.
 * @throws TooWide if the matrix is too wide for a page.
 */
export async function measureModel(
  source: FeatureSource,
  hooks: MeasureHooks,
): Promise<StreamNeighbours | null> {
  const { dims, features } = source;
  const side = Math.min(dims, features);
  if (side > WIDEST)
    throw new TooWide(
      `${count(features)} features in ${count(dims)} dimensions need about ${Math.round((COPIES * 8 * side ** 2) / 1e9)} GB of memory. This page measures at most ${count(WIDEST)} features, or more of them in at most ${count(WIDEST)} dimensions.`,
    );
  const pairs = neighbourCost(features, dims);
  const isCompared = pairs <= CHEAP_NEIGHBOURS || hooks.choices.includes('neighbours');
  const costs = costsOf(source, isCompared ? pairs : 0);
  const onProgress = reporter(source, costs, hooks.onProgress);
  const vectors = await treated(source, hooks.choices, onProgress);
  const cost = Math.max(costs.frame, isCompared ? pairs : 0);
  return withWorkers(hooks.threads, cost, async (workers) => {
    hooks.onFigures(
      figuresOf(await measureStream(vectors, { precision: 'auto', onProgress }, workers)),
    );
    return isCompared ? streamNeighbours(vectors, { onProgress }, workers) : null;
  });
}

/** Finds the nearest neighbours of a matrix whose figures are known. */
export async function compareAll(
  source: FeatureSource,
  hooks: Omit<MeasureHooks, 'onFigures'>,
): Promise<StreamNeighbours> {
  const pairs = neighbourCost(source.features, source.dims);
  const onProgress = reporter(source, { neighbours: pairs }, hooks.onProgress);
  const vectors = await treated(source, hooks.choices, onProgress);
  return withWorkers(hooks.threads, pairs, (workers) =>
    streamNeighbours(vectors, { onProgress }, workers),
  );
}

/** Centres vectors and scales them to unit length, as `polysem measure` does, if the visitor chose it. */
async function treated(
  source: FeatureSource,
  choices: readonly Choice[],
  onProgress: (progress: StreamProgress) => void,
): Promise<FeatureSource> {
  const vectors = choices.includes('centre')
    ? centred(source, await meanVector(source, { onProgress }))
    : source;
  return choices.includes('normalise') ? unitLength(vectors) : vectors;
}

/** All workers of the page of a model run the same script as this one. */
const worker = (): WebWorker =>
  new Worker(location.href, { type: 'module' }) as unknown as WebWorker;

/** Calls `use` with this thread, or with workers that end afterwards, since their memory cannot shrink. */
async function withWorkers<T>(
  threads: number,
  cost: number,
  use: (workers: StreamWorkers) => Promise<T>,
): Promise<T> {
  if (cost < SMALL || typeof Worker === 'undefined') return use(inlineWorker());
  const pool = await openPool({ threads, worker });
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

/** Everything that the page shows of a measurement before neighbours are known. */
function figuresOf(measured: StreamMeasurement): ModelFigures {
  const { dims, features, capacity, leverage, singularValues, rank } = measured;
  const references = [referenceOf(gaussianBaselineFigures(dims, features))];
  if (rank > 0) references.push(referenceOf(spectrumBaselineFigures(measured, { seed: SEED })));
  return {
    summary: summariseMatrix(measured, null, SEED),
    references,
    ...distributionOf(capacity, references[0].high),
    leverage,
    singularValues,
    gaussianSpectrum: marchenkoPasturSpectrum(dims, features, Math.min(dims, features)),
  };
}

/** The histogram of capacities, which reaches at least to `high`, and the features at its ends. */
export function distributionOf(
  capacity: Float64Array,
  high: number,
): Pick<ModelFigures, 'capacity' | 'edges' | 'counts' | 'sums' | 'mostPrivate' | 'mostShared'> {
  const order = Int32Array.from(capacity, (_, i) => i).toSorted(
    (a, b) => capacity[b] - capacity[a] || a - b,
  );
  const positive = order.filter((i) => capacity[i] > 0);
  const highest = Math.max(capacity[order[0]] ?? 0, high);
  const bins = Math.max(BINS[0], Math.min(BINS[1], Math.round(2 * Math.sqrt(capacity.length))));
  const edges = binEdges(0, Math.min(1, 1.02 * highest) || 1, bins, 'linear');
  const { counts } = histogram(capacity, edges);
  const sums = new Float64Array(bins);
  const width = edges[1];
  capacity.forEach((value) => {
    sums[Math.min(bins - 1, Math.floor(value / width))] += value;
  });
  return {
    capacity,
    edges,
    counts,
    sums,
    mostPrivate: order.slice(0, LISTED),
    mostShared: positive.slice(-LISTED).toReversed(),
  };
}

/** A random matrix for the page. */
export function referenceOf({
  name,
  dims,
  features,
  figures,
  capacityQuantile,
}: BaselineFigures): ModelReference {
  const at = (p: number): number => capacityQuantile?.(p) ?? NaN;
  return { name, dims, features, figures, low: at(0.025), high: at(0.975) };
}
