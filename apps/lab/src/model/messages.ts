import type { BaselineFigures, MeasureSummary, StreamProgress } from '@polysem/core/streaming';
import type { FeatureRecipe } from '@polysem/io/layouts';
import type { Choice } from './choices.ts';

/** Place of weights: files dropped or chosen together, or an address of one file, a folder or a repository. */
export type ModelPlace =
  | { readonly kind: 'files'; readonly files: readonly File[] }
  | {
      readonly kind: 'address';
      /** `hf://..`, `https://..`, or an address of the site that serves the page. */
      readonly address: string;
      /** Address of the names of the features; null to look for a vocabulary beside the weights. */
      readonly labels: string | null;
      /** Name of the file in messages and commands. */
      readonly name: string;
      /** The matrix to measure first, by its label, and what its features are called; absent to decide by the file. */
      readonly matrix?: { readonly label: string; readonly noun: string };
    };

/** A matrix that can be measured. */
export interface ModelMatrix {
  /** Its preset, such as `token-embedding`, or the name of the tensor. */
  readonly label: string;
  /** Group in the list: a layout, or that the axis is unknown. */
  readonly group: string;
  readonly recipe: FeatureRecipe;
  /** Flags of `polysem measure` that choose it. */
  readonly flags: string;
  /** Name of its features, in the plural: `tokens`. */
  readonly noun: string;
  readonly features: number;
  readonly dims: number;
  /** Meaning of a feature, and reasons why this axis counts features; empty if the layout is unknown. */
  readonly reasons: readonly string[];
  /** Doubts that names and shapes leave. */
  readonly doubts: readonly string[];
  /** True if features have the names of a vocabulary. */
  readonly isToken: boolean;
  /** True if the layout is known. */
  readonly isKnown: boolean;
  /** True if norms are folded into the vectors, unless the visitor chooses otherwise. */
  readonly isFolded: boolean;
  /** The command that measured it, if its figures are those of a file of `polysem measure --json`. */
  readonly command?: string;
}

/** The matrices of opened weights. */
export interface ModelList {
  /** Name of the file, as in messages and commands. */
  readonly name: string;
  /** Bytes of the files; null if it is not known. */
  readonly bytes: number | null;
  readonly format: string;
  readonly matrices: readonly ModelMatrix[];
  readonly notes: readonly string[];
  /** The weights that a file of figures is of, and the version that measured them; absent if the file holds weights. */
  readonly measured?: { readonly version: string; readonly weights: string };
}

/** A random matrix to compare with. */
export interface ModelReference extends Pick<BaselineFigures, 'name' | 'dims' | 'features'> {
  readonly figures: Pick<BaselineFigures['figures'], 'efficiency' | 'meanCapacity'>;
  /** Capacities between which 95 % of its features are; NaN if they are not known. */
  readonly low: number;
  readonly high: number;
}

/** The measurement of a matrix; plain data. Lists are empty if a file of figures lacks them. */
export interface ModelFigures {
  readonly summary: Pick<
    MeasureSummary,
    | 'features'
    | 'dims'
    | 'rank'
    | 'efficiency'
    | 'efficiencyInterval'
    | 'effectiveRank'
    | 'zeroFeatures'
  > & { readonly capacity: { readonly total: number } };
  readonly references: readonly ModelReference[];
  readonly capacity: Float64Array;
  readonly leverage: Float64Array;
  readonly singularValues: Float64Array;
  /** Eigenvalues expected of a random Gaussian matrix of this size, largest first, with mean 1. */
  readonly gaussianSpectrum: Float64Array;
  readonly edges: Float64Array;
  readonly counts: Float64Array;
  /** Sum of the capacities in each bin. */
  readonly sums: Float64Array;
  /** Features with the largest capacities, the largest first. */
  readonly mostPrivate: Int32Array;
  /** Features with the smallest capacities above 0, the smallest first. */
  readonly mostShared: Int32Array;
}

/** The nearest neighbour of each feature. */
export interface ModelNeighbours {
  readonly index: Int32Array;
  readonly cosine: Float64Array;
}

/** Names of features and where they come from. */
export interface ModelLabels {
  readonly names: readonly string[];
  /** Name of their file, for the command; null if they are in the file of weights. */
  readonly file: string | null;
}

/** Progress of a measurement. */
export interface ModelProgress {
  readonly stage: StreamProgress['stage'];
  /** Bytes of the stage that are done, and all; for neighbours, as a part of all pairs. */
  readonly done: number;
  readonly total: number;
  /** Share of all work that is done, 0 to 1. */
  readonly share: number;
}

/** A message to the worker that opens and measures weights. */
export type ToModel =
  | {
      readonly kind: 'model-open';
      readonly place: ModelPlace;
      readonly choices: readonly Choice[];
    }
  | {
      readonly kind: 'model-measure';
      readonly place: ModelPlace;
      readonly matrix: ModelMatrix;
      readonly choices: readonly Choice[];
      /** True to search for nearest neighbours only, because everything else is known. */
      readonly onlyNeighbours: boolean;
      readonly threads: number;
    }
  | { readonly kind: 'model-labels'; readonly file: File }
  | { readonly kind: 'model-hash'; readonly place: ModelPlace };

/** A message from that worker. */
export type FromModel =
  | { readonly kind: 'model-list'; readonly list: ModelList }
  | { readonly kind: 'model-progress'; readonly progress: ModelProgress }
  | {
      readonly kind: 'model-figures';
      readonly figures: ModelFigures;
      readonly labels: ModelLabels | null;
      /** Numbers in the file of the measured features; null if none is left out. */
      readonly numbers: Int32Array | null;
      /** Features left out because they hold NaN or infinity; empty if a file of figures does not list them. */
      readonly skipped: readonly number[];
      readonly doubts: readonly string[];
    }
  /** The measurement is complete; null if comparing all pairs would take too long. */
  | { readonly kind: 'model-done'; readonly neighbours: ModelNeighbours | null }
  | { readonly kind: 'model-labelled'; readonly labels: ModelLabels }
  | { readonly kind: 'model-hashed'; readonly hash: string | null }
  | {
      readonly kind: 'model-failed';
      /** One line: file, reason, remedy. */
      readonly message: string;
      /** Choices with which the same file can be read or measured. */
      readonly remedies: readonly Choice[];
      /** True if only the command line can measure the matrix. */
      readonly isTooWide: boolean;
    };
