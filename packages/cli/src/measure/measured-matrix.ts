import type { Neighbours, StreamMeasurement } from '@polysem/core';
import type { FeatureChoice } from '../features/choose-features.ts';
import type { Chance } from './chance.ts';
import type { MeasureSummary } from './summary.ts';

/** One matrix of a file, measured. */
export interface MeasuredMatrix {
  readonly choice: FeatureChoice;
  readonly measured: StreamMeasurement;
  /** Null where they were left out. */
  readonly neighbours: Neighbours | null;
  readonly chance: Chance;
  readonly summary: MeasureSummary;
  /** A name for each feature, where there are names. */
  readonly labels: readonly string[] | null;
}
