import { auditCapacity, type Audit } from '@polysem/core/audit';
import { importanceOf, type ImportanceParameter } from '@polysem/core/theory';
import { nonNegativeInteger } from '@polysem/numerics/checks';
import { z } from 'zod';
import type { Json } from '../cell.ts';
import { measureSource } from '../../measure/measure-matrix.ts';
import type { CellJob, Computation, Measurement, Parameters } from './computation.ts';
import { matrixFields, resolveMatrix, unknownSize, withMatrix } from './file-matrix.ts';
import { required } from './required.ts';
import { importance, parametersOf, perFeature } from './schemas.ts';

/** Bootstrap resamples of `polysem audit`. */
const RESAMPLES = 1000;

const resolve = (given: Parameters): Parameters => ({
  ...resolveMatrix(given),
  importance: required<Json>(given, 'importance', '(i+1)^-1'),
  kurtosis: required<Json>(given, 'kurtosis', '18'),
  resamples: given.resamples ?? RESAMPLES,
});

async function compute(job: CellJob): Promise<Audit> {
  const { importance: given, kurtosis, resamples } = job.parameters;
  return withMatrix(job, async ({ source, choice }) => {
    const { threads } = job.context;
    const { capacity } = await measureSource(source, choice, threads, () => {});
    const input = {
      capacity,
      importance: importanceOf(given as ImportanceParameter, source.features),
      kurtosis: kurtosis as number | readonly number[],
    };
    return auditCapacity(input, { seed: job.seed, resamples: resamples as number });
  });
}

/** A column that is one number. */
function figure(description: string, of: (audit: Audit) => number | null): Measurement<Audit> {
  return { type: 'number', description, of };
}

const measurements: Readonly<Record<string, Measurement<Audit>>> = {
  features: { ...figure('N, the number of features.', (a) => a.features), type: 'integer' },
  price: figure('Price at which the predicted capacities fit best.', (a) => a.price.value),
  priceLow: figure('Lower end of its interval.', (a) => a.price.low),
  priceHigh: figure('Upper end of its interval.', (a) => a.price.high),
  rSquared: figure('R^2 of the predicted capacities.', (a) => a.goodness.rSquared.value),
  rSquaredLow: figure('Lower end of its interval.', (a) => a.goodness.rSquared.low),
  rSquaredHigh: figure('Upper end of its interval.', (a) => a.goodness.rSquared.high),
  pearson: figure(
    'Correlation of predicted and measured capacities.',
    (a) => a.goodness.pearson.value,
  ),
  spearman: figure('Rank correlation of the two.', (a) => a.goodness.spearman.value),
  meanAbsoluteError: figure(
    'Mean absolute difference of the two.',
    (a) => a.goodness.meanAbsoluteError.value,
  ),
  pValue: figure(
    'Probability of a correlation as large if the two are unrelated.',
    (a) => a.permutation?.pValue ?? null,
  ),
  totalCapacity: figure('Sum of the measured capacities.', (a) => a.measuredTotal),
  predictedCapacity: {
    type: 'numbers',
    description: 'Predicted capacity of each feature.',
    of: ({ predicted }) => Array.from(predicted),
  },
};

/** Measured capacities compared with the theory at one price, as `polysem audit`. */
export const audit: Computation<Audit> = {
  name: 'audit',
  description: 'Capacities of a weight matrix in a file, compared with the theory at one price.',
  schema: parametersOf({
    ...matrixFields,
    importance,
    kurtosis: perFeature('Kurtosis of the features: one number for all, or one per feature.'),
    resamples: z
      .int()
      .min(0)
      .describe(`Bootstrap resamples for the intervals (default: ${RESAMPLES}).`),
  }),
  measurements,
  usual: ['features', 'price', 'rSquared', 'spearman', 'pValue'],
  free: new Set(),
  resolve,
  check: ({ resamples }) => nonNegativeInteger('resamples', resamples as number),
  model: () => null,
  size: () => unknownSize,
  compute,
};
