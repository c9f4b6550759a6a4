import type { StreamMeasurement, StreamNeighbours } from '@polysem/core/streaming';
import type { FeatureChoice } from './feature-choice.ts';
import type { FoundBlocks } from './blocks.ts';
import type { Reference } from './baselines.ts';
import type { MeasureSummary } from './summary.ts';

/** One matrix of a file, measured. */
export interface MeasuredMatrix {
  readonly choice: FeatureChoice;
  readonly measured: StreamMeasurement;
  /** Null where they were left out. */
  readonly neighbours: StreamNeighbours | null;
  /** What matrices without structure give. */
  readonly references: readonly Reference[];
  readonly summary: MeasureSummary;
  /** Null where they were not looked for. */
  readonly blocks: FoundBlocks | null;
  /** A name for each feature, where there are names. */
  readonly labels: readonly string[] | null;
}
