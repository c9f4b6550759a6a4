import type { GaussianBaseline } from '../capacity/gaussian-baseline.ts';
import type { Summary } from '../capacity/summary.ts';
import type { Signs } from '../streaming/chunk-pair.ts';
import type {
  StreamHooks,
  StreamMeasurement,
  StreamProgress,
} from '../streaming/stream-measurement.ts';
import type { ComparisonKeeper } from './kept-parts.ts';

/** The pairing of the features of A and B. */
export type Pairing = 'one-to-one' | 'mutual' | 'order' | 'names';

/** Options of `compareFeatures`. */
export interface CompareOptions extends Omit<StreamHooks, 'onProgress'> {
  /**
   * `match` (default): by cosine, the assignment with the largest sum for up to 10^8 pairs, mutual nearest neighbours for
   * more. `order`: feature i of A with feature i of B. `names`: features with the same name.
   */
  readonly by?: 'match' | 'order' | 'names' | undefined;
  /** `fixed` (default): cosines. `free`: |cosines|, where a vector and its negative mean the same. */
  readonly signs?: Signs | undefined;
  /** Names of the features of A and of B, for `names`; features with an empty name have none. */
  readonly names?: readonly [a: readonly string[], b: readonly string[]] | undefined;
  /** Turn B onto A first (orthogonal Procrustes over the pairs); not with `match`. Default false. */
  readonly align?: boolean | undefined;
  /** Pairs above this cosine count as shared. Default 0.7. */
  readonly threshold?: number | undefined;
  /** Largest number of pairs N_a N_b that are assigned one to one. Default 10^8, which takes 400 MB. */
  readonly assignUpTo?: number | undefined;
  /** Seed of the random directions that one-to-one and aligned pairs are compared with. Default 0. */
  readonly seed?: number | undefined;
  /** Keeps finished parts and states, so that an interrupted comparison goes on, with the same bytes. */
  readonly keeper?: ComparisonKeeper | undefined;
  /** Called after each chunk, with the part of the comparison. */
  readonly onProgress?: ((progress: CompareProgress) => void) | undefined;
}

/** Progress of one part of a comparison. */
export interface CompareProgress extends Omit<StreamProgress, 'stage'> {
  readonly part: 'a' | 'b' | 'pairs';
  readonly stage: StreamProgress['stage'] | 'cosines' | 'assignment' | 'chance';
}

/** Pairs of features: indices in A, ascending, and in B, and the cosine of each pair. */
export interface Pairs {
  readonly a: Int32Array;
  readonly b: Int32Array;
  /** Signed cosines, also if signs are free. */
  readonly cosine: Float64Array;
}

/** One of the two dictionaries. */
export interface ComparedSide {
  readonly measured: StreamMeasurement;
  readonly efficiency: number;
  readonly gaussianBaseline: GaussianBaseline;
  /** Features without a vector, which have no cosine and no pair. */
  readonly zeroFeatures: number;
  /** Features without a pair, ascending. */
  readonly unmatched: Int32Array;
  /** The nearest feature of the other dictionary and the signed cosine with it; null unless pairs are matched by cosine. */
  readonly nearest: {
    readonly index: Int32Array;
    readonly cosine: Float64Array;
  } | null;
  /** Mean over features of the largest cosine (|cosine| if signs are free) with the other dictionary, and its expectation. */
  readonly meanLargest: {
    readonly value: number;
    readonly chance: number;
  } | null;
}

/** Bins of cosines from -1 to 1. */
export const COSINE_BINS = 80;

/** The same figures of random directions: unit vectors drawn uniformly, as many as both dictionaries have. */
export interface PairChance {
  readonly how: 'formula' | 'simulated';
  /** Expected mean cosine (|cosine| if signs are free) of the pairs. */
  readonly meanCosine: number;
  /** Standard deviation of that mean over random dictionaries; null if it is not known. */
  readonly standardDeviation: number | null;
  /** Expected fraction of the pairs above the threshold. */
  readonly shareAbove: number;
  /** Expected number of pairs. */
  readonly pairs: number;
  /** Expected fraction of the pairs in each of {@link COSINE_BINS} equal bins of [-1, 1]. */
  readonly shares: Float64Array;
}

/** Similarity of two Gram matrices over the paired features, which no rotation of either space changes. */
export interface GramSimilarity {
  /** tr(G_a G_b) / (|G_a| |G_b|), with G_a the Gram matrix of the paired features of A. */
  readonly cosine: number;
  /** The same with the expectation of tr(G_a G_b) for random directions: sum_i |a_i|^2 |b_i|^2 / (|G_a| |G_b|). */
  readonly chance: number;
  /**
   * Linear CKA (Kornblith et al. 2019, arXiv:1905.00414): the same after subtracting the mean vectors; null
   * if one of them then is zero.
   */
  readonly cka: number | null;
}

/** Overlap of the spans of two dictionaries. */
export interface SpanOverlap {
  /** |Q_a^T Q_b|^2 / min(rank), with orthonormal bases Q of the spans: 1 if one contains the other, 0 if orthogonal. */
  readonly overlap: number;
  /** Its expectation for random spans of the same ranks: the larger rank / D. */
  readonly chance: number;
  /** Cosines of the principal angles, largest first; null above 512. */
  readonly cosines: Float64Array | null;
}

/** Capacities of the paired features: each measured among all features of its own dictionary. */
export interface CapacityChange {
  readonly a: Summary;
  readonly b: Summary;
  /** Capacity in B minus capacity in A. */
  readonly difference: Summary & {
    /** Quantiles at 0.05, 0.25, 0.75 and 0.95. */
    readonly quantiles: readonly [number, number, number, number];
  };
  /** Rank correlation of the two; null if either is constant. */
  readonly spearman: number | null;
}

/** Two dictionaries compared, from `compareFeatures`. */
export interface Comparison {
  readonly dims: number;
  readonly pairing: Pairing;
  readonly signs: Signs;
  readonly aligned: boolean;
  readonly threshold: number;
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  readonly pairs: Pairs;
  /** Figures of the pairs; null without pairs. With free signs, of |cosines|. */
  readonly similarity: {
    readonly meanCosine: number;
    readonly medianCosine: number;
    /** Number of pairs above the threshold. */
    readonly shared: number;
    /** Fraction of the features of A, and of B, in such a pair. */
    readonly shareOfA: number;
    readonly shareOfB: number;
  } | null;
  /** Null where it would take long: matched or aligned pairs of large dictionaries. */
  readonly chance: PairChance | null;
  /** True if the pairs are about as similar as those of random directions. */
  readonly isNearChance: boolean;
  /**
   * Mean |cosine| of the assignment that maximises it (MCC: O'Neill et al. 2024, arXiv:2411.13117; Song et al. 2025,
   * arXiv:2505.20254). Null unless pairs are one to one.
   */
  readonly mcc: number | null;
  /**
   * Mean largest cosine of the features of A with those of B, and of B with A (MMCS: Sharkey et al. 2022). Null unless pairs are
   * matched by cosine, and for mutual neighbours with free signs.
   */
  readonly mmcs: { readonly a: number; readonly b: number } | null;
  /** Null unless the pairing is given, because matched pairs are chosen to be similar; and for D above 4096. */
  readonly gram: GramSimilarity | null;
  /** Null if a dictionary is zero, or wide and too large. */
  readonly span: SpanOverlap | null;
  /** Null if there are no pairs. */
  readonly capacity: CapacityChange | null;
}
