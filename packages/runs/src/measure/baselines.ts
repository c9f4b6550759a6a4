import {
  densityOfEntries,
  gaussianChance,
  ownNormsSource,
  shuffledNormsSource,
  similarShape,
  simulatedChance,
  sparseSource,
  spectrumChance,
  unitVectorChance,
  type Chance,
  type StreamMeasurement,
  type StreamProgress,
} from '@polysem/core/streaming';
import type { FeatureSource } from '@polysem/core/embedding';
import { measureWithThreads } from './measure-with-threads.ts';
import type { MeasureCheckpoint } from '../measure-checkpoint.ts';

/** Matrices without structure, by the names that `--baseline` takes. */
export const BASELINES = ['gaussian', 'unit', 'spectrum', 'norms', 'shuffled', 'sparse'] as const;

/** One of {@link BASELINES}. */
export type BaselineName = (typeof BASELINES)[number];

/** What a matrix of the same kind without structure gives. */
export interface Reference extends Chance {
  /** Capacities of features, as many as were simulated, or at even quantiles, which take a while: for pictures. */
  readonly capacity: () => Float64Array;
  /** Leverages likewise; null where they are not known. */
  readonly leverage: () => Float64Array | null;
}

/** Multiply-adds of a simulation; larger shapes are replaced by smaller ones of the same N / D. */
const SIMULATED_UP_TO = 2e11;
/** Quantiles that stand for a distribution in closed form. */
const QUANTILES = 2000;

/** What the baselines give for a matrix that was measured; those without a closed form are simulated. */
export async function referencesOf(
  names: readonly BaselineName[],
  vectors: FeatureSource,
  measured: StreamMeasurement,
  options: {
    readonly seed: number;
    readonly threads: number | undefined;
    readonly checkpoint: (name: string) => MeasureCheckpoint | undefined;
    readonly onProgress: (name: string, step: StreamProgress) => void;
  },
): Promise<Reference[]> {
  const { dims, features, squaredNorm } = measured;
  const { seed, threads } = options;
  const references: Reference[] = [];
  for (const name of names) {
    if (name === 'gaussian' || name === 'unit') {
      const chance = (name === 'gaussian' ? gaussianChance : unitVectorChance)(dims, features);
      references.push(drawnFrom(chance));
      continue;
    }
    if (name === 'spectrum') {
      const chance =
        measured.rank === 0 ? noSpectrum(dims, features) : spectrumChance(measured, { seed });
      references.push(drawnFrom(chance));
      continue;
    }
    /* oxlint-disable no-await-in-loop -- each takes all threads */
    const source = await simulated(name, vectors, squaredNorm, seed);
    const checkpoint = options.checkpoint(name);
    const found = await measureWithThreads(source, {
      threads,
      ...(checkpoint !== undefined && { checkpoint }),
      onProgress: (step) => options.onProgress(TITLES[name], step),
    });
    /* oxlint-enable no-await-in-loop */
    references.push({
      ...simulatedChance(TITLES[name], found),
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

/** What the names of baselines mean, for those who read a report. */
export const MEANINGS: Readonly<Record<string, string>> = {
  'random Gaussian': 'independent Gaussian entries',
  'random unit vectors': 'independent unit vectors',
  'own spectrum': 'features at random, with exactly the spectrum of these weights',
  'own norms': 'random directions with the norms of these features',
  'norms shuffled': 'these directions, the norms dealt out among them anew',
  'random sparse':
    'random entries, as sparse as these features: without zeros, one draw of the random Gaussian',
};

/** What of a reference stands in JSON. */
export function referenceJson({ name, how, dims, features, figures }: Reference): object {
  return { name, how, dims, features, figures };
}

/** A matrix of zeros has no spectrum to keep. */
function noSpectrum(dims: number, features: number): Chance {
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
  const shape = similarShape(vectors.dims, vectors.features, SIMULATED_UP_TO);
  if (name === 'sparse') {
    const density = await densityOfEntries(vectors);
    return sparseSource({ ...shape, seed, density });
  }
  // Of a smaller shape, norms evenly spread over those of the matrix.
  const norms = Float64Array.from(
    { length: shape.features },
    (_, i) => squaredNorm[Math.floor((i * vectors.features) / shape.features)],
  );
  return ownNormsSource({ ...shape, seed }, norms);
}

function drawnFrom(chance: Chance): Reference {
  const { capacityQuantile, leverageQuantile } = chance;
  return {
    ...chance,
    capacity: () => atQuantiles(capacityQuantile ?? (() => NaN)),
    leverage: () => (leverageQuantile === null ? null : atQuantiles(leverageQuantile)),
  };
}

function atQuantiles(quantile: (probability: number) => number): Float64Array {
  return Float64Array.from({ length: QUANTILES }, (_, i) => quantile((i + 0.5) / QUANTILES));
}
