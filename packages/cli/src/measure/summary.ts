import {
  effectiveRank,
  efficiency,
  gaussianBaseline,
  participationRatio,
  summarise,
  welchBound,
  type GaussianBaseline,
  type Neighbours,
  type StreamMeasurement,
  type Summary,
} from '@polysem/core';

/** Both ends of a 95 % interval. */
export type Interval = readonly [number, number];

/** The figures of a matrix as a whole. */
export interface MeasureSummary {
  readonly features: number;
  readonly dims: number;
  readonly rank: number;
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
