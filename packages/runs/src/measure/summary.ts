import {
  bootstrapSummary,
  type StreamNeighbours,
  type StreamMeasurement,
} from '@polysem/core/streaming';
import {
  effectiveRank,
  efficiency,
  gaussianBaseline,
  participationRatio,
  summarise,
  welchBound,
  type GaussianBaseline,
  type Summary,
} from '@polysem/core/capacity';

/** Lower and upper end of a 95 % interval. */
export type Interval = readonly [number, number];

/** The figures of a matrix as a whole. */
export interface MeasureSummary {
  readonly features: number;
  readonly dims: number;
  readonly rank: number;
  readonly rankInDoubt: boolean;
  readonly capacity: Summary;
  readonly leverage: Summary;
  readonly interference: Summary;
  readonly participation: Summary;
  readonly efficiency: number;
  readonly efficiencyInterval: Interval;
  readonly meanInterval: Interval;
  readonly medianInterval: Interval;
  readonly effectiveRank: number;
  readonly participationRatio: number;
  readonly coherence: number | null;
  readonly coherentPair: readonly [number, number] | null;
  readonly welchBound: number;
  readonly zeroFeatures: number;
  readonly unresolvedFeatures: number;
  readonly gaussianBaseline: GaussianBaseline;
  readonly treatment: StreamMeasurement['treatment'];
  readonly precision: StreamMeasurement['precision'];
  readonly relativeError: StreamMeasurement['relativeError'];
}

/** Summarises a measurement, with bootstrap intervals over features. */
export function summariseMatrix(
  measured: StreamMeasurement,
  neighbours: StreamNeighbours | null,
  seed: number,
): MeasureSummary {
  const { features, dims, rank, singularValues, squaredNorm } = measured;
  const resampled = bootstrapSummary(measured.capacity, { seed });
  const nonZero = squaredNorm.reduce((count, n) => count + (n > 0 ? 1 : 0), 0);
  return {
    features,
    dims,
    rank,
    rankInDoubt: measured.rankInDoubt,
    capacity: summarise(measured.capacity),
    leverage: summarise(measured.leverage),
    interference: summarise(measured.interference),
    participation: summarise(measured.participation),
    efficiency: efficiency(measured),
    efficiencyInterval:
      rank === 0 ? [0, 0] : [share(resampled.total.low / rank), share(resampled.total.high / rank)],
    meanInterval: ends(resampled.mean),
    medianInterval: ends(resampled.median),
    effectiveRank: effectiveRank(singularValues),
    participationRatio: participationRatio(singularValues),
    coherence: neighbours?.coherence ?? null,
    coherentPair: neighbours?.pair ?? null,
    welchBound: welchBound(nonZero, dims),
    zeroFeatures: features - nonZero,
    unresolvedFeatures: measured.unresolved,
    gaussianBaseline: gaussianBaseline(dims, features),
    treatment: measured.treatment,
    precision: measured.precision,
    relativeError: measured.relativeError,
  };
}

function ends({ low, high }: { readonly low: number; readonly high: number }): Interval {
  return [low, high];
}

/** Limits an efficiency to 1: a resample with S held fixed can sum to more than the rank. */
function share(value: number): number {
  return Math.min(1, value);
}
