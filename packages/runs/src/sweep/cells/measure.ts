import type { MeasureSummary, StreamMeasurement } from '@polysem/core/streaming';
import { z } from 'zod';
import { measureMatrix } from '../../measure/measure-matrix.ts';
import type { MeasureSettings } from '../../measure/measure-settings.ts';
import type { CellJob, Computation, Measurement, Parameters } from './computation.ts';
import { matrixFields, resolveMatrix, unknownSize, withMatrix } from './file-matrix.ts';
import { choice, parametersOf } from './schemas.ts';

/** A measured matrix. */
interface Measured {
  readonly measured: StreamMeasurement;
  readonly summary: MeasureSummary;
}

const resolve = (given: Parameters): Parameters => ({
  ...resolveMatrix(given),
  centre: given.centre ?? false,
  normalise: given.normalise ?? false,
  precision: given.precision ?? 'auto',
});

async function compute(job: CellJob): Promise<Measured> {
  const { centre, normalise, precision } = job.parameters as unknown as MeasureSettings;
  const settings: MeasureSettings = {
    precision,
    centre,
    normalise,
    threads: job.context.threads,
    seed: job.seed,
    baselines: [],
    neighbours: 'cheap',
    blocks: false,
  };
  const matrix = { labels: null, store: undefined };
  return withMatrix(job, async ({ choice: chosen, source }) =>
    measureMatrix({ ...matrix, choice: chosen, source }, settings, {
      onProgress: () => {},
      onNote: () => {},
    }),
  );
}

/** A column of the summary. */
function figure(
  description: string,
  of: (summary: MeasureSummary) => number | null,
): Measurement<Measured> {
  return { type: 'number', description, of: ({ summary }) => of(summary) };
}

/** A column with one number per feature or singular value. */
function list(
  description: string,
  of: (measured: StreamMeasurement) => ArrayLike<number>,
): Measurement<Measured> {
  return { type: 'numbers', description, of: ({ measured }) => Array.from(of(measured)) };
}

const measurements: Readonly<Record<string, Measurement<Measured>>> = {
  features: { ...figure('N, the number of features.', (s) => s.features), type: 'integer' },
  dims: { ...figure('D, the number of dimensions.', (s) => s.dims), type: 'integer' },
  rank: { ...figure('Numerical rank of W.', (s) => s.rank), type: 'integer' },
  totalCapacity: figure('Sum of the capacities.', (s) => s.capacity.total),
  meanCapacity: figure('Mean capacity of the features.', (s) => s.capacity.mean),
  medianCapacity: figure('Median capacity of the features.', (s) => s.capacity.median),
  meanCapacityLow: figure('Lower end of its 95 % interval.', (s) => s.meanInterval[0]),
  meanCapacityHigh: figure('Upper end of its 95 % interval.', (s) => s.meanInterval[1]),
  chanceCapacity: figure(
    'Mean capacity of a Gaussian matrix of the same size.',
    (s) => s.gaussianBaseline.mean,
  ),
  efficiency: figure('Sum of the capacities divided by the rank.', (s) => s.efficiency),
  effectiveRank: figure('Effective rank of the spectrum.', (s) => s.effectiveRank),
  participationRatio: figure('Participation ratio of the spectrum.', (s) => s.participationRatio),
  coherence: figure(
    'Largest cosine between two features; null where comparing all pairs would take long.',
    (s) => s.coherence,
  ),
  welchBound: figure('Smallest coherence that so many vectors can have.', (s) => s.welchBound),
  zeroFeatures: {
    ...figure('Number of features without a vector.', (s) => s.zeroFeatures),
    type: 'integer',
  },
  capacity: list('Capacity of each feature.', (m) => m.capacity),
  leverage: list('Leverage of each feature.', (m) => m.leverage),
  squaredNorm: list('Squared length of the vector of each feature.', (m) => m.squaredNorm),
  interference: list('Interference of each feature.', (m) => m.interference),
  singularValues: list('Singular values of W, largest first.', (m) => m.singularValues),
};

/** The features of a matrix in a file, as `polysem measure`. */
export const measure: Computation<Measured> = {
  name: 'measure',
  description: 'How the features of a weight matrix in a file share its dimensions.',
  schema: parametersOf({
    ...matrixFields,
    centre: z.boolean().describe('Subtract the mean vector (default: false).'),
    normalise: z.boolean().describe('Scale every vector to unit length (default: false).'),
    precision: choice(
      ['auto', 'float32', 'float64'],
      'Precision of products (default: auto, float32 where the spectrum allows).',
    ),
  }),
  measurements,
  usual: [
    'features',
    'dims',
    'rank',
    'totalCapacity',
    'meanCapacity',
    'chanceCapacity',
    'efficiency',
  ],
  free: new Set(),
  resolve,
  check: () => {},
  model: () => null,
  size: () => unknownSize,
  compute,
};
