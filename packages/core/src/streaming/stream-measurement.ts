import type { CapacityMeasurement } from '../capacity/measure.ts';
import type { Precision } from '../embedding/feature-source.ts';
import type { SpectrumState } from './frame-state.ts';

/** The part of an `AbortSignal` that is used: checked before each chunk. */
export interface StopSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}

/** Progress of a stage of a measurement, in features or in steps. */
export interface StreamProgress {
  /**
   * `mean`: the mean vector; `sample`: a sample of features for choosing precisions; `frame`: the sums of S; `spectrum`: its
   * eigenvectors; `refinement`: directions that S did not resolve; `features`: the figures of each feature; `whole`: a small
   * matrix as a whole; `neighbours`: pairs of chunks. For geometry: `links`: inner products with some features; `blocks`:
   * groups of features; `spectral`: spectral measures; `neurons`: the features that each neuron mixes; `shapes`: the shapes of
   * blocks.
   */
  readonly stage:
    | 'mean'
    | 'sample'
    | 'frame'
    | 'spectrum'
    | 'refinement'
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

/** Options of every function that reads a whole source. */
export interface StreamHooks {
  /** Stops the work before its next chunk; the promise then rejects with the signal's reason. */
  readonly signal?: StopSignal | undefined;
  /** Called after each chunk. */
  readonly onProgress?: ((progress: StreamProgress) => void) | undefined;
}

/** The eigenvalues of S above the tolerance, their eigenvectors, and how they were computed. */
export interface StreamSpectrum {
  readonly dims: number;
  readonly rank: number;
  /** See `CapacityMeasurement`. */
  readonly rankInDoubt: boolean;
  /** `rank` eigenvalues of S for vectors times `scale`, largest first. */
  readonly eigenvalues: Float64Array;
  /** rank x dims. */
  readonly vectors: Float64Array;
  readonly scale: number;
  readonly precision: Precision;
  readonly frameRepeated: boolean;
  /** Root mean square error of an entry of S, relative to its largest eigenvalue, measured on a sample; 0 if not measured. */
  readonly error: number;
}

/** Options of {@link measureStream}. */
export interface StreamOptions extends StreamHooks {
  /** Precision of products. `auto` (default): float32 wherever the estimated errors of C and C~ stay below 1e-5, else float64. */
  readonly precision?: Precision | 'auto' | undefined;
  /** Subtract the mean vector first, which takes one more pass over the source. */
  readonly centre?: boolean | undefined;
  /** Scale all non-zero vectors to unit length first, after centring. */
  readonly normalise?: boolean | undefined;
  /** The spectrum from an interrupted measurement of the same source with the same options; S is then not summed again. */
  readonly spectrum?: StreamSpectrum | undefined;
  /**
   * Called with the spectrum as soon as it is known, so that an interrupted measurement can resume. Its vectors then go to a
   * worker: they must be written or copied at once.
   */
  readonly onSpectrum?: ((spectrum: StreamSpectrum) => void) | undefined;
  /** State of the search for the spectrum from an interrupted measurement, to resume. */
  readonly begun?: SpectrumState | undefined;
  /** Called after each chunk while S is summed: whether to call `onState` now. */
  readonly isStateDue?: (() => boolean) | undefined;
  /** Called with the state of the search for the spectrum: about D^2 / 2 numbers, 2 D^2 more during a refinement. */
  readonly onState?: ((state: SpectrumState) => void) | undefined;
}

/** Estimated relative errors of a figure, over all features that have one. */
export interface ErrorEstimate {
  /** Root mean square over features. */
  readonly typical: number;
  /** Largest over features. */
  readonly largest: number;
}

/** Precisions of a measurement. */
export interface StreamPrecision {
  /** Precision of the vectors in the source. */
  readonly data: Precision;
  /** Precision of the products in S. */
  readonly frame: Precision;
  /** Precision of the coordinates of features. */
  readonly features: Precision;
  /** Number of features computed in float64 because float32 was too coarse; all if `features` is float64. */
  readonly inFloat64: number;
  /** True if S was summed again in float64 because float32 turned out too coarse. */
  readonly frameRepeated: boolean;
}

/** A measurement of features that were read in chunks. */
export interface StreamMeasurement extends CapacityMeasurement {
  /**
   * Effective number of eigenvectors of S that a feature is spread over, (sum_k t_k^2)^2 / sum_k t_k^4 with t its coordinates:
   * from 1 (an eigenvector) to the rank; 0 for a zero vector. It is the inverse of `localisation` in `spectralMeasures` if all
   * eigenvalues differ, and about rank / 3 for a random direction.
   */
  readonly participation: Float64Array;
  /** Treatment of the vectors before the measurement. */
  readonly treatment: { readonly centred: boolean; readonly normalised: boolean };
  readonly precision: StreamPrecision;
  /**
   * Estimated errors of the computation, apart from rounding of the data. Errors of coordinates are measured against float64
   * on a sample; errors of S follow from sums with known values.
   */
  readonly relativeError: { readonly capacity: ErrorEstimate; readonly leverage: ErrorEstimate };
}

/** Precisions of a measurement that is computed in float64 throughout. */
export function inFloat64(data: Precision, features: number): StreamPrecision {
  return {
    data,
    frame: 'float64',
    features: 'float64',
    inFloat64: features,
    frameRepeated: false,
  };
}
