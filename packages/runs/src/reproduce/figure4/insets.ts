import { allocateQuadratic, marginalBenefit, type Phase } from '@polysem/core/theory';
import { uniformKurtosis } from '../uniform-kurtosis.ts';

/** A point of the phase diagram whose marginal benefits are drawn. */
export interface Inset {
  readonly letter: string;
  readonly density: number;
  readonly importance: number;
}

/** The six insets of Figure 4 (docs/theory.md section 6). C is the critical point. */
export const insets: readonly Inset[] = [
  { letter: 'A', density: 0.8, importance: 0.75 },
  { letter: 'B', density: 0.8, importance: 1.35 },
  { letter: 'C', density: 0.6, importance: 1 },
  { letter: 'D', density: 0.1, importance: 0.036 },
  { letter: 'E', density: 0.1, importance: 0.5 },
  { letter: 'F', density: 0.1, importance: 27 },
];

/** Features with the same importance and the same optimal capacity. */
export interface InsetGroup {
  readonly varied: boolean;
  readonly count: number;
  readonly importance: number;
  readonly capacity: number;
  /** -dL/dC at the optimal capacity. `curve` has it at each capacity of `at`. */
  readonly benefit: number;
  readonly curve: readonly number[];
  readonly phase: Phase;
}

/** A computed inset: marginal benefits and the optimum. */
export interface InsetResult extends Inset {
  readonly features: number;
  readonly dims: number;
  readonly kurtosis: number;
  readonly at: readonly number[];
  readonly price: number;
  readonly degenerate: boolean;
  /** The varied feature, then the other features: one group, or two if some are full and the rest ignored. */
  readonly groups: readonly InsetGroup[];
}

/**
 * Computes an inset: marginal benefits and the optimal allocation.
 *
 * @param inset density and importance of the varied feature.
 * @param features number of features N; all but one have importance 1.
 * @param dims number of dimensions D.
 * @returns the curves and the optimum.
 */
export function insetResult(inset: Inset, features: number, dims: number): InsetResult {
  const kurtosis = uniformKurtosis(inset.density);
  const at = Array.from({ length: 101 }, (_, i) => i / 100);
  const importance = [inset.importance, ...Array.from({ length: features - 1 }, () => 1)];
  const { capacity, phase, price, degenerate } = allocateQuadratic({ importance, kurtosis, dims });
  const group = (first: number, count: number): InsetGroup => ({
    varied: first === 0,
    count,
    importance: importance[first],
    capacity: capacity[first],
    benefit: marginalBenefit(importance[first], kurtosis, capacity[first]),
    curve: at.map((c) => marginalBenefit(importance[first], kurtosis, c)),
    phase: phase[first],
  });
  const others = capacity.subarray(1);
  const groups = [...new Set(others)].map((c) =>
    group(1 + others.indexOf(c), others.filter((other) => other === c).length),
  );
  return {
    ...inset,
    features,
    dims,
    kurtosis,
    at,
    price,
    degenerate,
    groups: [group(0, 1), ...groups],
  };
}
