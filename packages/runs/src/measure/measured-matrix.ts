import type { MeasureSummary, StreamMeasurement, StreamNeighbours } from '@polysem/core/streaming';
import type { FeatureChoice } from './feature-choice.ts';
import type { FoundBlocks } from './blocks.ts';
import type { Reference } from './baselines.ts';

/** Measurements of one matrix of a file. */
export interface MeasuredMatrix {
  readonly choice: FeatureChoice;
  readonly measured: StreamMeasurement;
  /** Null if they were not computed. */
  readonly neighbours: StreamNeighbours | null;
  /** Baselines of the same size. */
  readonly references: readonly Reference[];
  readonly summary: MeasureSummary;
  /** Null if they were not searched for. */
  readonly blocks: FoundBlocks | null;
  /** Name of each feature; null if there are no names. */
  readonly labels: readonly string[] | null;
  /** Indices in the file of features that were left out because of NaN or infinity, ascending; absent if none were. */
  readonly skipped?: readonly number[];
  /** Relative norms of the decoders of a crosscoder or cross-layer transcoder; absent for other matrices. */
  readonly relativeNorms?: RelativeNorms;
  /** Name and version of the library that computed large products; absent for polysem's own kernels. */
  readonly blas?: string;
}

/** Share of each part in the decoder norms of each latent. */
export interface RelativeNorms {
  /** Names of the models, hook points or target layers. */
  readonly parts: readonly string[];
  /** The same in words, such as `model 1`; default the names. */
  readonly words?: readonly string[];
  /** One list per part, with one number per latent. */
  readonly values: readonly Float64Array[];
}
