import { welchBound } from '../capacity/coherence.ts';
import { gaussianBaseline, type GaussianBaseline } from '../capacity/gaussian-baseline.ts';
import { effectiveRank, participationRatio } from '../capacity/spectral.ts';
import { efficiency, summarise, type Summary } from '../capacity/summary.ts';
import { bootstrapSummary } from './bootstrap-summary.ts';
import type { StreamMeasurement } from './stream-measurement.ts';
import type { StreamNeighbours } from './stream-neighbours.ts';

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
  /** Says that squares of entries leave the range of float64, and what to do; null if none does. */
  readonly outOfRange: string | null;
}

/**
 * Summarises a measurement, with bootstrap intervals over features.
 *
 * @param measured the measurement.
 * @param neighbours nearest neighbours, from which the coherence is taken; null if they were not computed.
 * @param seed seed of the bootstrap.
 * @returns the figures of the matrix as a whole.
 * @example
 * ```js
 * import { gaussianSource, measureStream, summariseMatrix } from 'polysem/streaming';
 * const measured = await measureStream(gaussianSource({ dims: 4, features: 20, seed: 1 }));
 * summariseMatrix(measured, null, 0).rank; // 4
 * ```
 */
export function summariseMatrix(
  measured: StreamMeasurement,
  neighbours: StreamNeighbours | null,
  seed: number,
): MeasureSummary {
  const { features, dims, rank, singularValues, squaredNorm } = measured;
  const resampled = bootstrapSummary(measured.capacity, { seed });
  // The square of a short vector may be 0 in float64, although its capacity is not.
  const isZero = (norm: number, i: number): boolean => norm === 0 && !(measured.capacity[i] > 0);
  const zero = squaredNorm.reduce((count, norm, i) => count + (isZero(norm, i) ? 1 : 0), 0);
  const interference = summarise(measured.interference);
  return {
    features,
    dims,
    rank,
    rankInDoubt: measured.rankInDoubt,
    capacity: summarise(measured.capacity),
    leverage: summarise(measured.leverage),
    interference,
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
    welchBound: welchBound(features - zero, dims),
    zeroFeatures: zero,
    unresolvedFeatures: measured.unresolved,
    gaussianBaseline: gaussianBaseline(dims, features),
    treatment: measured.treatment,
    precision: measured.precision,
    relativeError: measured.relativeError,
    outOfRange: outOfRange(measured, interference),
  };
}

/** Says that norms or interferences overflow or underflow in float64, although capacities do not. */
function outOfRange(
  { squaredNorm, capacity }: StreamMeasurement,
  interference: Summary,
): string | null {
  const tooLarge =
    !squaredNorm.every((norm) => Number.isFinite(norm)) || !Number.isFinite(interference.total);
  if (tooLarge) {
    return 'out of range: squares of entries or their sums exceed 1.8e308, so norms and interference are not given, and vectors 1e154 times shorter than the longest count as zero; divide the matrix by its largest entry (capacities do not change)';
  }
  if (!squaredNorm.some((norm, i) => norm === 0 && capacity[i] > 0)) return null;
  return 'out of range: squares of entries are below 5e-324, so norms and interference are given as 0; divide the matrix by its largest entry (capacities do not change)';
}

function ends({ low, high }: { readonly low: number; readonly high: number }): Interval {
  return [low, high];
}

/** Limits an efficiency to 1: a resample with S held fixed can sum to more than the rank. */
function share(value: number): number {
  return Math.min(1, value);
}
