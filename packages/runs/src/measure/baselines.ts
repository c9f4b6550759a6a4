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
import { measureWithThreads, type ThreadOptions } from './measure-with-threads.ts';
import type { RunStore } from '../store/run-store.ts';

/** Names of baselines, as given to `--baseline`. */
export const BASELINES = ['gaussian', 'unit', 'spectrum', 'norms', 'shuffled', 'sparse'] as const;

/** One of {@link BASELINES}. */
export type BaselineName = (typeof BASELINES)[number];

/** Figures of one random matrix. */
type MatrixFigures = { readonly [F in keyof BaselineFigures['figures']]: number };

/** A baseline: figures of random matrices of the same kind. */
export interface Reference extends BaselineFigures {
  /** Capacities for figures: those simulated, or quantiles at even steps, which take a while to compute. */
  readonly capacity: () => Float64Array;
  /** Leverages for figures; null if they are not known. */
  readonly leverage: () => Float64Array | null;
  /** Number of random matrices that were measured; 0 for a formula. The figures are those of the first. */
  readonly draws: number;
  /** Standard deviation of each figure over the draws; null for a formula, and for a single draw. */
  readonly spread: MatrixFigures | null;
}

/** Number of random matrices per simulated baseline: the spread of five is known to about a third. */
const DRAWS = 5;
/** Largest cost of each further draw in multiply-adds, about a second. Larger matrices average over so much that one suffices. */
const DRAWN_AGAIN_UP_TO = 2e9;

/** Largest cost of a simulation in multiply-adds. Larger matrices are replaced by smaller ones with the same N / D. */
const SIMULATED_UP_TO = 2e11;
/** Number of quantiles that represent a closed-form distribution. */
const QUANTILES = 2000;

/**
 * Computes baselines for a measured matrix. Those without a closed form are simulated: five random matrices each (seeds S to
 * S + 4), or one of a large size.
 */
export async function referencesOf(
  names: readonly BaselineName[],
  vectors: FeatureSource,
  measured: StreamMeasurement,
  options: ThreadOptions & {
    readonly seed: number;
    /** Store of simulated baselines; undefined to keep nothing. */
    readonly store: RunStore | undefined;
    readonly onProgress: (name: string, step: StreamProgress) => void;
  },
): Promise<Reference[]> {
  const { dims, features, squaredNorm } = measured;
  const { seed, threads, blas, store } = options;
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
    const draws: StreamMeasurement[] = [];
    while (draws.length < drawsOf(draws[0])) {
      const own = seed + draws.length;
      const source = await simulated(name, vectors, squaredNorm, own);
      const found = await measureWithThreads(source, {
        threads,
        blas,
        kept: store && { store, part: `${name}-seed-${own}` },
        onProgress: (step) => options.onProgress(TITLES[name], step),
      });
      draws.push(found);
    }
    /* oxlint-enable no-await-in-loop */
    references.push(simulatedReference(TITLES[name], draws));
  }
  return references;
}

/** Number of draws, given the first: one if it took long. */
function drawsOf(first: StreamMeasurement | undefined): number {
  if (first === undefined) return 1;
  return 2 * first.features * first.dims ** 2 <= DRAWN_AGAIN_UP_TO ? DRAWS : 1;
}

/** The figures of the first of several random matrices, and the spread over all. */
function simulatedReference(name: string, draws: readonly StreamMeasurement[]): Reference {
  const [first] = draws;
  const each = draws.map((draw) => simulatedBaselineFigures(name, draw).figures as MatrixFigures);
  const deviation = (figure: keyof MatrixFigures): number => {
    const values = each.map((figures) => figures[figure]);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    return Math.sqrt(squares / (values.length - 1));
  };
  return {
    ...simulatedBaselineFigures(name, first),
    capacity: () => first.capacity,
    leverage: () => first.leverage,
    draws: draws.length,
    spread:
      draws.length === 1
        ? null
        : {
            efficiency: deviation('efficiency'),
            meanCapacity: deviation('meanCapacity'),
            medianCapacity: deviation('medianCapacity'),
            meanLeverage: deviation('meanLeverage'),
            medianLeverage: deviation('medianLeverage'),
            spectrumEvenness: deviation('spectrumEvenness'),
          },
  };
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
 * import { referenceJson } from 'polysem/measure';
 * const figures = { efficiency: 0.5, meanCapacity: 0.25 };
 * const baseline = { name: 'own norms', how: 'simulated', dims: 2, features: 4, figures };
 * referenceJson({ ...baseline, capacity: () => new Float64Array(4) }).name; // 'own norms'
 * ```
 */
export function referenceJson({
  name,
  how,
  dims,
  features,
  figures,
  draws,
  spread,
}: Reference): object {
  return { name, how, dims, features, figures, draws, spread };
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
    draws: 0,
    spread: null,
  };
}

function atQuantiles(quantile: (probability: number) => number): Float64Array {
  return Float64Array.from({ length: QUANTILES }, (_, i) => quantile((i + 0.5) / QUANTILES));
}
