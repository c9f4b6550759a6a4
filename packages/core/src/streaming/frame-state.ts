import type { FrameSums } from '@polysem/numerics/dense';
import type { Precision } from '../embedding/feature-source.ts';

/** How far a reading that sums rows of S has come. */
export interface FrameState extends FrameSums {
  /** The power of two that vectors are multiplied by. */
  readonly scale: number;
  /** The largest entry of the features so far. */
  readonly largest: number;
  /** Whether the source is read for the second time, since the first block had misled about the scale. */
  readonly isRescaled: boolean;
}

/** A first look at S: all its eigenvalues and eigenvectors. */
export interface FirstLook {
  readonly values: Float64Array;
  /** dims x dims. */
  readonly vectors: Float64Array;
  readonly scale: number;
}

/** All that the search for the spectrum of S has found, so that it can go on, to the same bytes, by any number of workers. */
export interface SpectrumState {
  readonly dims: number;
  readonly precision: Precision;
  /** Root mean square error of an entry of S in float32, as measured on a sample; 0 if not. */
  readonly error: number;
  /** Whether S is summed once more, in float64. */
  readonly frameRepeated: boolean;
  /** Null as long as S is summed for the first look; then rows are those of the second. */
  readonly firstLook: FirstLook | null;
  readonly frame: FrameState;
}

/** Who keeps how far a reading has come. */
export interface FrameKeeper {
  /** Asked after each block: whether the state is to be kept now. */
  readonly isDue: () => boolean;
  readonly keep: (state: FrameState) => void;
  /** Where a reading that was cut off had come to. */
  readonly kept: FrameState | null;
}
