import type { CapacityMeasurement } from '../capacity/measure.ts';
import type { Precision } from '../embedding/feature-source.ts';
import type { SpectrumState } from './frame-state.ts';

/** What an `AbortSignal` has: looked at before each block. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}

/** How far a stage of a measurement has come, in features or in steps. */
export interface StreamProgress {
  /**
   * `mean`: the mean vector; `sample`: some features, by which precisions are chosen; `frame`: the sums of S; `spectrum`:
   * its eigenvectors; `second look`: directions that S did not show; `features`: the figures of each feature; `whole`: all
   * of a matrix that is small; `neighbours`: pairs of blocks. Of a geometry, `links`: inner products with some features;
   * `blocks`: groups of features; `spectral`: spectral measures; `neurons`: what they mix; `shapes`: of blocks.
   */
  readonly stage:
    | 'mean'
    | 'sample'
    | 'frame'
    | 'spectrum'
    | 'second look'
    | 'features'
    | 'whole'
    | 'neighbours'
    | 'links'
    | 'blocks'
    | 'spectral'
    | 'neurons'
    | 'shapes';
  readonly done: number;
  readonly total: number;
}

/** Options of everything that reads a source from end to end. */
export interface StreamHooks {
  /** Ends the work before its next block; it then rejects with the signal's reason. */
  readonly signal?: StopSignal | undefined;
  /** Hears of each block that is done. */
  readonly onProgress?: ((progress: StreamProgress) => void) | undefined;
}

/** The eigenvalues of S that count, and where they come from. */
export interface StreamSpectrum {
  readonly dims: number;
  readonly rank: number;
  /** `rank` eigenvalues of S for vectors times `scale`, largest first. */
  readonly eigenvalues: Float64Array;
  /** rank x dims. */
  readonly vectors: Float64Array;
  readonly scale: number;
  readonly precision: Precision;
  readonly frameRepeated: boolean;
  /** Root mean square error of an entry of S, relative to its largest eigenvalue, as measured on a sample; 0 if not. */
  readonly error: number;
}

/** Options of {@link measureStream}. */
export interface StreamOptions extends StreamHooks {
  /**
   * In which precision products are computed. `auto`, if absent: float32 wherever the errors of C and C~ are estimated to
   * stay below 1e-5, else float64.
   */
  readonly precision?: Precision | 'auto' | undefined;
  /** Subtracts the mean vector first, which takes one more reading of the source. */
  readonly centre?: boolean | undefined;
  /** Makes all vectors that are not zero unit vectors first, after centring. */
  readonly normalise?: boolean | undefined;
  /** The spectrum of the same source, treated and computed alike, from a measurement that was cut off; then S is not summed. */
  readonly spectrum?: StreamSpectrum | undefined;
  /** Hears of the spectrum as soon as it is known: whoever keeps it can go on from there. */
  readonly onSpectrum?: ((spectrum: StreamSpectrum) => void) | undefined;
  /** How far the search for the spectrum had come in such a measurement; then it goes on from there. */
  readonly begun?: SpectrumState | undefined;
  /** Asked after each block of a reading that sums S whether `onState` should hear of the state. */
  readonly isStateDue?: (() => boolean) | undefined;
  /** Hears how far the search for the spectrum has come: about D^2 / 2 numbers, 2 D^2 more in a second look. */
  readonly onState?: ((state: SpectrumState) => void) | undefined;
}

/** Estimated relative errors of a figure, over all features that have one. */
export interface ErrorEstimate {
  /** Root mean square over features. */
  readonly typical: number;
  /** Of the feature with the largest. */
  readonly largest: number;
}

/** What was computed in which precision. */
export interface StreamPrecision {
  /** The precision of the vectors that were read. */
  readonly data: Precision;
  /** That of the products that make up S. */
  readonly frame: Precision;
  /** That of the coordinates of features. */
  readonly features: Precision;
  /** How many features were computed in float64, since float32 was too coarse for them; all, where `features` is float64. */
  readonly inFloat64: number;
  /** Whether S was summed once more, in float64, since float32 turned out too coarse. */
  readonly frameRepeated: boolean;
}

/** A measurement of features that were read in blocks. */
export interface StreamMeasurement extends CapacityMeasurement {
  /**
   * Over how many eigenvectors of S a feature is spread, (sum_k t_k^2)^2 / sum_k t_k^4 with t its coordinates: from 1, an
   * eigenvector, to the rank; 0 for a zero vector. The inverse of `localisation` in `spectralMeasures` where every
   * eigenvalue is an eigenspace of its own; about rank / 3 for a direction at random.
   */
  readonly participation: Float64Array;
  /** What was done to the vectors before they were measured. */
  readonly treatment: { readonly centred: boolean; readonly normalised: boolean };
  readonly precision: StreamPrecision;
  /**
   * Estimates of the errors of computation, beside what the data's own rounding does. Those of pass 2 are held against
   * float64 on some features; those of S are read off sums that are known beforehand.
   */
  readonly relativeError: { readonly capacity: ErrorEstimate; readonly leverage: ErrorEstimate };
}
