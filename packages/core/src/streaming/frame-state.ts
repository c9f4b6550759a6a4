import type { Precision } from '../embedding/feature-source.ts';

/** State of a pass that sums rows of S. */
export interface FrameState {
  /** Number of features in the sums. */
  readonly features: number;
  /** The lower triangle of the sums, row by row: row r has r + 1 numbers. */
  readonly triangle: Float64Array;
  /** The power of two that vectors are multiplied by. */
  readonly scale: number;
  /** The largest entry of the features so far. */
  readonly largest: number;
  /** True if the source is being read again because the first chunk suggested a scale that does not fit. */
  readonly isRescaled: boolean;
}

/** Eigenvalues and eigenvectors of S as summed, before any refinement. */
export interface CoarseSpectrum {
  readonly values: Float64Array;
  /** dims x dims. */
  readonly vectors: Float64Array;
  readonly scale: number;
}

/** State of the search for the spectrum of S. It can be resumed, with the same bytes, by any number of workers. */
export interface SpectrumState {
  readonly dims: number;
  readonly precision: Precision;
  /** Root mean square error of an entry of S in float32, measured on a sample; 0 if not measured. */
  readonly error: number;
  /** True if S is summed again in float64. */
  readonly frameRepeated: boolean;
  /** Null while S is summed. Afterwards rows are those of the refinement. */
  readonly coarseSpectrum: CoarseSpectrum | null;
  readonly frame: FrameState;
}

/** Keeps the state of a pass. */
export interface FrameKeeper {
  /** Called after each chunk: whether to keep the state now. */
  readonly isDue: () => boolean;
  readonly keep: (state: FrameState) => void;
  /** The state of an interrupted pass to resume. */
  readonly kept: FrameState | null;
}
