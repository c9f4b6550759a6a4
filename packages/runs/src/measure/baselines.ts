import {
  densityOfEntries,
  gaussianBaselineFigures,
  ownNormsSource,
  shuffledNormsSource,
  similarSize,
  simulatedBaselineFigures,
  sparseSource,
  spectrumBaselineFigures,
  unitVectorBaselineFigures,
  type BaselineFigures,
  type StreamMeasurement,
  type StreamProgress,
} from '@polysem/core/streaming';
import type { FeatureSource } from '@polysem/core/embedding';
import { measureWithThreads } from './measure-with-threads.ts';
import type { RunStore } from '../store/run-store.ts';

/** Names of baselines, as given to `--baseline`. */
export const BASELINES = ['gaussian', 'unit', 'spectrum', 'norms', 'shuffled', 'sparse'] as const;

/** One of {@link BASELINES}. */
export type BaselineName = (typeof BASELINES)[number];

/** A baseline: figures of random matrices of the same kind. */
export interface Reference extends BaselineFigures {
  /** Capacities for figures: those simulated, or quantiles at even steps, which take a while to compute. */
  readonly capacity: () => Float64Array;
  /** Leverages for figures; null if they are not known. */
  readonly leverage: () => Float64Array | null;
}

/** Largest cost of a simulation in multiply-adds. Larger matrices are replaced by smaller ones with the same N / D. */
const SIMULATED_UP_TO = 2e11;
/** Number of quantiles that represent a closed-form distribution. */
const QUANTILES = 2000;

/** Computes baselines for a measured matrix. Those without a closed form are simulated. */
export async function referencesOf(
  names: readonly BaselineName[],
  vectors: FeatureSource,
  measured: StreamMeasurement,
  options: {
    readonly seed: number;
    readonly threads: number | undefined;
    /** Where simulated baselines are kept; undefined to keep nothing. */
    readonly store: RunStore | undefined;
    readonly onProgress: (name: string, step: StreamProgress) => void;
  },
): Promise<Reference[]> {
  const { dims, features, squaredNorm } = measured;
  const { seed, threads, store } = options;
  const references: Reference[] = [];
  for (const name of names) {
    if (name === 'gaussian' || name === 'unit') {
      const expected = (name === 'gaussian' ? gaussianBaselineFigures : unitVectorBaselineFigures)(
        dims,
        features,
      );
      references.push(drawnFrom(expected));
      continue;
    }
    if (name === 'spectrum') {
      const expected =
        measured.rank === 0
          ? noSpectrum(dims, features)
          : spectrumBaselineFigures(measured, { seed });
      references.push(drawnFrom(expected));
      continue;
    }
    /* oxlint-disable no-await-in-loop -- each takes all threads */
    const source = await simulated(name, vectors, squaredNorm, seed);
    const found = await measureWithThreads(source, {
      threads,
      kept: store && { store, part: `${name}-seed-${seed}` },
      onProgress: (step) => options.onProgress(TITLES[name], step),
    });
    /* oxlint-enable no-await-in-loop */
    references.push({
      ...simulatedBaselineFigures(TITLES[name], found),
      capacity: () => found.capacity,
      leverage: () => found.leverage,
    });
  }
  return references;
}

const TITLES = {
  norms: 'own norms',
  shuffled: 'norms shuffled',
  sparse: 'random sparse',
} as const;

/** Explanations of the names of baselines, for reports. */
export const MEANINGS: Readonly<Record<string, string>> = {
  'random Gaussian': 'independent Gaussian entries',
  'random unit vectors': 'independent unit vectors',
  'own spectrum': 'random features with exactly the spectrum of these weights',
  'own norms': 'random directions with the norms of these features',
  'norms shuffled': 'these directions with the norms permuted at random',
  'random sparse':
    'random entries, as sparse as these features (if no entry is zero: one sample of random Gaussian)',
};

/**
 * The fields of a baseline that JSON output shows.
 *
 * @param reference the baseline.
 * @returns name, method, size and figures.
 *
 * @example
 * ```js
 * import { referenceJson } from '@polysem/runs/measure';
 * const figures = { efficiency: 0.5, meanCapacity: 0.25 };
 * const baseline = { name: 'own norms', how: 'simulated', dims: 2, features: 4, figures };
 * referenceJson({ ...baseline, capacity: () => new Float64Array(4) }).name; // 'own norms'
 * ```
 */
export function referenceJson({ name, how, dims, features, figures }: Reference): object {
  return { name, how, dims, features, figures };
}

/** Baseline for a matrix of zeros, which has no spectrum to keep. */
function noSpectrum(dims: number, features: number): BaselineFigures {
  const figures = {
    efficiency: null,
    meanCapacity: null,
    medianCapacity: null,
    meanLeverage: null,
    medianLeverage: null,
    spectrumEvenness: null,
  };
  return {
    name: 'own spectrum',
    how: 'simulated',
    dims,
    features,
    figures,
    capacityQuantile: null,
    leverageQuantile: null,
  };
}

async function simulated(
  name: keyof typeof TITLES,
  vectors: FeatureSource,
  squaredNorm: Float64Array,
  seed: number,
): Promise<FeatureSource> {
  if (name === 'shuffled') return shuffledNormsSource(vectors, squaredNorm, seed);
  const shape = similarSize(vectors.dims, vectors.features, SIMULATED_UP_TO);
  if (name === 'sparse') {
    const density = await densityOfEntries(vectors);
    return sparseSource({ ...shape, seed, density });
  }
  // A smaller matrix takes norms evenly spaced in the list of the original.
  const norms = Float64Array.from(
    { length: shape.features },
    (_, i) => squaredNorm[Math.floor((i * vectors.features) / shape.features)],
  );
  return ownNormsSource({ ...shape, seed }, norms);
}

function drawnFrom(expected: BaselineFigures): Reference {
  const { capacityQuantile, leverageQuantile } = expected;
  return {
    ...expected,
    capacity: () => atQuantiles(capacityQuantile ?? (() => NaN)),
    leverage: () => (leverageQuantile === null ? null : atQuantiles(leverageQuantile)),
  };
}

function atQuantiles(quantile: (probability: number) => number): Float64Array {
  return Float64Array.from({ length: QUANTILES }, (_, i) => quantile((i + 0.5) / QUANTILES));
}
