import { journalOf, type JournalFolder } from './journals.ts';
import { allocateQuadratic, marginalBenefit, type Phase } from '@polysem/core/theory';
import {
  boundaries,
  defaultCellTraining,
  planPhase,
  type Boundary,
  type PhaseSpec,
} from '@polysem/engine/phase';
import { runPhase, type PhaseDiagram } from '../phase-run.ts';
import type { RowRunner } from '../run-rows.ts';

/**
 * The phase diagram of Figure 4 of arXiv:2210.01892: 6 features in 3 dimensions, sparse uniform inputs, 64 x 64 cells.
 *
 * @param seed decides all random numbers.
 * @returns the specification, trained on the exact loss.
 */
export function figure4Spec(seed: number): PhaseSpec {
  return {
    features: 6,
    dims: 3,
    shape: 'uniform',
    density: { from: 1, to: 0.001, count: 64 },
    importance: { from: 0.01, to: 100, count: 64 },
    trained: defaultCellTraining,
    seed,
  };
}

/** Lowest density of the diagram trained on sampled inputs. */
const LEAST_SAMPLED_DENSITY = 0.01;

/**
 * The same diagram trained on sampled inputs. Lower densities would need larger samples, so it stops at density 0.01.
 *
 * @param seed decides all random numbers.
 * @returns the specification.
 */
export function figure4SampledSpec(seed: number): PhaseSpec {
  const spec = figure4Spec(seed);
  return {
    ...spec,
    density: { from: 1, to: LEAST_SAMPLED_DENSITY, count: 43 },
    trained: { ...defaultCellTraining, loss: 'sampled', restarts: 6, stopAtGap: 0 },
  };
}

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

/** Kurtosis of sparse uniform inputs with density p: k = 9 / (5 p) (section 3.5 of the paper). */
export function uniformKurtosis(density: number): number {
  return 9 / (5 * density);
}

/** Figure 4: prediction, training on the exact loss, training on sampled inputs, boundaries and insets. */
export interface Figure4 {
  readonly exact: PhaseDiagram;
  readonly sampled: PhaseDiagram;
  readonly boundaries: readonly Boundary[];
  readonly insets: readonly InsetResult[];
  /** The insets for 2 features in 1 dimension. The dots of the published insets match these. */
  readonly publishedInsets: readonly InsetResult[];
}

/**
 * Computes Figure 4.
 *
 * @param seed decides all random numbers.
 * @param runner computes the rows; the caller closes it.
 * @param options `journals`: where journals are kept, so that an interrupted run resumes; without it nothing is kept.
 *   `onProgress`: called with a label and the fraction done, 0 to 1.
 * @returns both trained diagrams, the boundaries and the insets.
 *
 * @remarks No example: it trains for a minute.
 */
export async function figure4(
  seed: number,
  runner: RowRunner,
  options: {
    readonly journals?: JournalFolder;
    readonly onProgress?: (label: string, done: number) => void;
  } = {},
): Promise<Figure4> {
  const { journals, onProgress } = options;
  const spec = figure4Spec(seed);
  const exact = await runPhase(planPhase(spec), runner, {
    ...journalOf(journals, 'figure4', 'exact'),
    onProgress: (done) => onProgress?.('figure 4, trained on the exact loss', done),
  });
  const sampled = await runPhase(planPhase(figure4SampledSpec(seed)), runner, {
    ...journalOf(journals, 'figure4', 'sampled'),
    onProgress: (done) => onProgress?.('figure 4, trained on sampled inputs', done),
  });
  return {
    exact,
    sampled,
    boundaries: boundaries(spec),
    insets: insets.map((inset) => insetResult(inset, 6, 3)),
    publishedInsets: insets.map((inset) => insetResult(inset, 2, 1)),
  };
}
