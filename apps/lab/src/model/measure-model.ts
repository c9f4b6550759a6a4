import { binEdges, histogram, marchenkoPasturSpectrum } from '@polysem/core/capacity';
import type { FeatureSource } from '@polysem/core/embedding';
import {
  CHEAP_NEIGHBOURS,
  gaussianBaselineFigures,
  inlineWorker,
  measureStream,
  neighbourCost,
  spectrumBaselineFigures,
  streamNeighbours,
  summariseMatrix,
  type BaselineFigures,
  type StreamMeasurement,
  type StreamNeighbours,
  type StreamProgress,
  type StreamWorkers,
} from '@polysem/core/streaming';
import { openPool, type WebWorker } from '@polysem/threads/browser';
import type { ModelFigures, ModelProgress, ModelReference } from './messages.ts';

/** The default seed of `polysem measure`. */
const SEED = 0;
/** Cost in multiply-adds below which one thread is faster than starting workers. */
const SMALL = 2e9;
/** Features listed at either end; vocabularies hold a thousand unused tokens. */
const LISTED = 2000;
/** Bins of the histogram; few features get few, so that noise does not dominate. */
const BINS = [20, 60] as const;
/** Largest side of the matrix S, or of the Gram matrix: 800 MB of numbers. */
const WIDEST = 10_000;

/** Callbacks of a measurement. */
export interface MeasureHooks {
  readonly threads: number;
  readonly onProgress: (progress: ModelProgress) => void;
  /** Called when capacities are known, before neighbours are searched for. */
  readonly onFigures: (figures: ModelFigures) => void;
}

/**
 * Measures a matrix with the settings that `polysem measure --baseline gaussian,spectrum` has, so that all numbers are the
 * same.
 *
 * @returns the nearest neighbours; null if comparing all pairs would take too long.
 * @throws RangeError if the matrix is too wide for a page.
 */
export async function measureModel(
  source: FeatureSource,
  { threads, onProgress, onFigures }: MeasureHooks,
): Promise<StreamNeighbours | null> {
  const { dims, features } = source;
  const side = Math.min(dims, features);
  if (side > WIDEST)
    throw new RangeError(
      `${source.name}: needs a matrix of ${side} x ${side} numbers, more than a page should hold; use polysem measure instead`,
    );
  const pass = features * dims * side;
  const pairs = neighbourCost(features, dims);
  const isCompared = pairs <= CHEAP_NEIGHBOURS;
  const share = shares(pass, isCompared ? pairs : 0);
  const bytes = features * dims * (source.precision === 'float64' ? 8 : 4);
  const report = ({ stage, done, total }: StreamProgress): void =>
    onProgress({
      stage,
      done: (bytes * done) / total,
      total: bytes,
      share: share(stage, done / total),
    });
  const workers = await workersFor(threads, Math.max(pass, pairs));
  const measured = await measureStream(source, { precision: 'auto', onProgress: report }, workers);
  onFigures(figuresOf(measured));
  if (!isCompared) return null;
  return streamNeighbours(source, { onProgress: report }, workers);
}

/** All workers of the page of a model run the same script as this one. */
const worker = (): WebWorker =>
  new Worker(location.href, { type: 'module' }) as unknown as WebWorker;

async function workersFor(threads: number, cost: number): Promise<StreamWorkers> {
  if (cost < SMALL || typeof Worker === 'undefined') return inlineWorker();
  return openPool({ threads, worker });
}

/** The share of all work that is done when a share of a stage is done. */
function shares(
  pass: number,
  pairs: number,
): (stage: StreamProgress['stage'], done: number) => number {
  const total = 2 * pass + pairs;
  return (stage, done) => {
    if (stage === 'neighbours') return (2 * pass + pairs * done) / total;
    if (stage === 'features' || stage === 'whole') return (pass * (1 + done)) / total;
    return stage === 'frame' ? (pass * done) / total : 0;
  };
}

/** Everything that the page shows of a measurement before neighbours are known. */
export function figuresOf(measured: StreamMeasurement): ModelFigures {
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
