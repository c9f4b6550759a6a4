import type { CapacityMeasurement } from '../capacity/measure.ts';
import type { LargestWeights, NeuronSums } from '../capacity/neuron-sums.ts';
import type { Block } from '@polysem/numerics/dense';
import type { FrameSums } from '@polysem/numerics/dense';
import type { RowProductsOptions } from '@polysem/numerics/dense';
import type { Precision } from '../embedding/feature-source.ts';
import type { Eigenspace } from '../geometry/frame-spectrum.ts';
import type { SpectralFigures } from '../geometry/spectral-figures.ts';
import type { SymmetricEigen } from '@polysem/numerics/linalg';
import type { BlockFigures, Calibration, EigenBasis } from './feature-figures.ts';
import type { NeighbourPair, PairOrder } from './block-pair.ts';
import type { SecondLook } from './second-look.ts';

/** Some features on their way to a hand. */
export interface BlockOrder {
  readonly block: Block;
  readonly count: number;
}

/** Rows of S to be summed. */
export interface RowsOrder {
  readonly dims: number;
  readonly from: number;
  readonly to: number;
  readonly precision: Precision;
  /** The power of two that vectors are multiplied by. */
  readonly scale: number;
  /** Sums of these rows over the features before. */
  readonly begun?: FrameSums | undefined;
}

/** Everything that a hand can be asked for: what it is told, and what it answers. All of it can be sent between threads. */
export interface StreamTasks {
  /** Begins rows of S; those begun before are given up. */
  readonly openRows: { readonly order: RowsOrder; readonly answer: void };
  readonly addToRows: { readonly order: BlockOrder; readonly answer: void };
  /** The sums so far, of all features but some of the last. */
  readonly keepRows: { readonly order: null; readonly answer: FrameSums };
  /** The sums of all blocks since, (to - from) x dims. */
  readonly closeRows: { readonly order: null; readonly answer: Float64Array };
  readonly eigen: {
    readonly order: { readonly matrix: Float64Array; readonly dims: number };
    readonly answer: SymmetricEigen;
  };
  /** Holds S of a sample in float32 against that in float64. */
  readonly compareFrames: {
    readonly order: {
      readonly coarse: Float64Array;
      readonly exact: Float64Array;
      readonly dims: number;
      readonly goal: number;
    };
    readonly answer: { readonly error: number; readonly isFineEnough: boolean };
  };
  /** Makes ready to measure features in a basis; with some of them tells how exact float32 is. */
  readonly openFigures: { readonly order: EigenBasis; readonly answer: void };
  readonly calibrate: { readonly order: BlockOrder; readonly answer: Calibration };
  readonly figures: {
    readonly order: BlockOrder & {
      readonly mode: Precision | 'auto';
      readonly calibration: Calibration;
    };
    readonly answer: BlockFigures;
  };
  /** Frees what the tasks before have left. */
  readonly rest: { readonly order: null; readonly answer: void };
  /** Makes ready to write vectors, times a power of two, in another basis. */
  readonly openRotation: {
    readonly order: {
      readonly dims: number;
      readonly vectors: Float64Array;
      readonly scale: number;
    };
    readonly answer: void;
  };
  readonly rotate: { readonly order: BlockOrder; readonly answer: Float64Array };
  /** Makes the spectrum right where the first look at S did not resolve it. */
  readonly secondLook: { readonly order: SecondLook; readonly answer: SymmetricEigen };
  /** Measures a whole matrix. */
  readonly whole: {
    readonly order: { readonly dims: number; readonly features: number; readonly data: Block };
    readonly answer: {
      readonly measured: CapacityMeasurement;
      readonly participation: Float64Array;
    };
  };
  /** Finds the nearest neighbours among the features of two blocks. */
  readonly neighbours: { readonly order: PairOrder; readonly answer: NeighbourPair };
  /** Makes ready to multiply features with some vectors: features x vectors inner products. */
  readonly openProducts: { readonly order: RowProductsOptions; readonly answer: void };
  readonly products: { readonly order: BlockOrder; readonly answer: Float64Array };
  /** Makes ready to measure how features spread over eigenspaces of S. */
  readonly openSpectral: { readonly order: SpectralOrder; readonly answer: void };
  readonly spectral: { readonly order: BlockOrder; readonly answer: SpectralFigures };
  /** The largest weight of each neuron among some features. */
  readonly largestWeights: {
    readonly order: BlockOrder & { readonly dims: number };
    readonly answer: LargestWeights;
  };
  /** Makes ready to sum what neurons mix, their largest weights being known. */
  readonly openNeurons: {
    readonly order: { readonly largest: Float64Array; readonly threshold: number };
    readonly answer: void;
  };
  readonly neurons: { readonly order: BlockOrder; readonly answer: NeuronSums };
}

/** The eigenspaces of S for vectors times a power of two. */
export interface SpectralOrder {
  readonly dims: number;
  readonly rank: number;
  /** rank x dims. */
  readonly vectors: Float64Array;
  readonly eigenvalues: Float64Array;
  readonly eigenspaces: readonly Eigenspace[];
  readonly scale: number;
}
