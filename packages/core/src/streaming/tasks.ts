import type { CapacityMeasurement } from '../capacity/measure.ts';
import type { LargestWeights, NeuronSums } from '../capacity/neuron-sums.ts';
import type { Vectors } from '@polysem/numerics/dense';
import type { FrameSums } from '@polysem/numerics/dense';
import type { RowProductsOptions } from '@polysem/numerics/dense';
import type { Precision } from '../embedding/feature-source.ts';
import type { Eigenspace } from '../geometry/frame-spectrum.ts';
import type { SpectralFigures } from '../geometry/spectral-figures.ts';
import type { SymmetricEigen } from '@polysem/numerics/linalg';
import type { ChunkFigures, Calibration, EigenBasis } from './feature-figures.ts';
import type { NeighbourPair, PairInput } from './chunk-pair.ts';
import type { StreamMeasurement } from './stream-measurement.ts';
import type { SpectrumRefinement } from './refine-spectrum.ts';

/** Consecutive features that are sent to a worker. */
export interface ChunkInput {
  readonly chunk: Vectors;
  readonly count: number;
}

/** Rows of the frame operator S that a worker sums. */
export interface RowsInput {
  readonly dims: number;
  readonly from: number;
  readonly to: number;
  readonly precision: Precision;
  /** Power of two by which vectors are multiplied. */
  readonly scale: number;
  /** Sums of these rows over earlier features, to continue from. */
  readonly begun?: FrameSums | undefined;
}

/** The tasks of a worker, each with its input and its answer. Both can be sent between threads. */
export interface StreamTasks {
  /** Starts sums of rows of S, replacing earlier ones. */
  readonly openRows: { readonly input: RowsInput; readonly answer: void };
  readonly addToRows: { readonly input: ChunkInput; readonly answer: void };
  /** The sums so far; the last few features may not be included yet. */
  readonly keepRows: { readonly input: null; readonly answer: FrameSums };
  /** Ends the sums and returns them: (to - from) x dims numbers. */
  readonly closeRows: { readonly input: null; readonly answer: Float64Array };
  readonly eigen: {
    readonly input: { readonly matrix: Float64Array; readonly dims: number };
    readonly answer: SymmetricEigen;
  };
  /** Compares S of a sample in float32 with S in float64. */
  readonly compareFrames: {
    readonly input: {
      readonly coarse: Float64Array;
      readonly exact: Float64Array;
      readonly dims: number;
      readonly goal: number;
    };
    readonly answer: { readonly error: number; readonly isFineEnough: boolean };
  };
  /**
   * Prepares to measure features in a basis; `calibrate` estimates the accuracy of float32 from
   * some of the features.
   */
  readonly openFigures: { readonly input: EigenBasis; readonly answer: void };
  readonly calibrate: { readonly input: ChunkInput; readonly answer: Calibration };
  readonly figures: {
    readonly input: ChunkInput & {
      readonly mode: Precision | 'auto';
      readonly calibration: Calibration;
    };
    readonly answer: ChunkFigures;
  };
  /** Frees the memory of earlier tasks. */
  readonly rest: { readonly input: null; readonly answer: void };
  /** Prepares to multiply vectors by a power of two and to express them in another basis. */
  readonly openRotation: {
    readonly input: {
      readonly dims: number;
      readonly vectors: Float64Array;
      readonly scale: number;
    };
    readonly answer: void;
  };
  readonly rotate: { readonly input: ChunkInput; readonly answer: Float64Array };
  /** Computes the part of the spectrum that S did not resolve at first. */
  readonly refineSpectrum: { readonly input: SpectrumRefinement; readonly answer: SymmetricEigen };
  /** Measures a whole matrix. */
  readonly whole: {
    readonly input: { readonly dims: number; readonly features: number; readonly data: Vectors };
    readonly answer: {
      readonly measured: CapacityMeasurement;
      readonly participation: Float64Array;
      readonly relativeError: StreamMeasurement['relativeError'];
    };
  };
  /** Finds nearest neighbours among the features of two chunks. */
  readonly neighbours: { readonly input: PairInput; readonly answer: NeighbourPair };
  /**
   * Prepares to multiply features by given vectors; `products` returns features x vectors inner
   * products.
   */
  readonly openProducts: { readonly input: RowProductsOptions; readonly answer: void };
  readonly products: { readonly input: ChunkInput; readonly answer: Float64Array };
  /** Prepares to measure how features are distributed over the eigenspaces of S. */
  readonly openSpectral: { readonly input: SpectralInput; readonly answer: void };
  readonly spectral: { readonly input: ChunkInput; readonly answer: SpectralFigures };
  /** Finds the largest weight of each neuron among some features. */
  readonly largestWeights: {
    readonly input: ChunkInput & { readonly dims: number };
    readonly answer: LargestWeights;
  };
  /**
   * Prepares to sum statistics of the features that each neuron mixes, given the largest weight of
   * each neuron.
   */
  readonly openNeurons: {
    readonly input: { readonly largest: Float64Array; readonly threshold: number };
    readonly answer: void;
  };
  readonly neurons: { readonly input: ChunkInput; readonly answer: NeuronSums };
}

/** The eigenspaces of S, and the power of two by which vectors are multiplied. */
export interface SpectralInput {
  readonly dims: number;
  readonly rank: number;
  /** rank x dims numbers. */
  readonly vectors: Float64Array;
  readonly eigenvalues: Float64Array;
  readonly eigenspaces: readonly Eigenspace[];
  readonly scale: number;
}
