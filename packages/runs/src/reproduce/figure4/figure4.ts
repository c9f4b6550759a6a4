import { journalOf, type JournalFolder } from '../journals.ts';
import {
  boundaries,
  defaultCellTraining,
  planPhase,
  type Boundary,
  type PhaseSpec,
} from '@polysem/engine/phase';
import { insetResult, insets, type InsetResult } from './insets.ts';
import { trainedPoints, type TrainedPoints } from './trained-points.ts';
import { runPhase, type PhaseDiagram } from '../../phase-run.ts';
import type { RowRunner } from '../../run-rows.ts';

/**
 * The phase diagram of Figure 4 of arXiv:2210.01892: 6 features in 3 dimensions, sparse uniform inputs.
 *
 * @param cells cells along each axis.
 * @param seed decides all random numbers.
 * @returns the specification, trained on the exact loss.
 */
export function figure4Spec(cells: number, seed: number): PhaseSpec {
  return {
    features: 6,
    dims: 3,
    shape: 'uniform',
    density: { from: 1, to: 0.001, count: cells },
    importance: { from: 0.01, to: 100, count: cells },
    trained: defaultCellTraining,
    seed,
  };
}

/** Lowest density of the diagram trained on sampled inputs. */
const LEAST_SAMPLED_DENSITY = 0.01;

/**
 * The same diagram trained on sampled inputs. Lower densities would need larger samples, so it stops at density 0.01, after two
 * of three decades of rows.
 *
 * @param cells cells along each axis of the whole diagram.
 * @param seed decides all random numbers.
 * @returns the specification.
 */
export function figure4SampledSpec(cells: number, seed: number): PhaseSpec {
  const spec = figure4Spec(cells, seed);
  const rows = 1 + Math.round(((cells - 1) * 2) / 3);
  return {
    ...spec,
    density: { from: 1, to: LEAST_SAMPLED_DENSITY, count: rows },
    trained: { ...defaultCellTraining, loss: 'sampled', restarts: 6, stopAtGap: 0 },
  };
}

/** Figure 4: prediction, training on the exact loss, training on sampled inputs, boundaries, insets, single networks. */
export interface Figure4 {
  readonly exact: PhaseDiagram;
  readonly sampled: PhaseDiagram;
  readonly boundaries: readonly Boundary[];
  readonly insets: readonly InsetResult[];
  /** The insets for 2 features in 1 dimension. The dots of the published insets match these. */
  readonly publishedInsets: readonly InsetResult[];
  readonly points: TrainedPoints;
}

/**
 * Computes Figure 4.
 *
 * @param cells cells along each axis; 64 in the report.
 * @param seed decides all random numbers.
 * @param runner computes the rows; the caller closes it.
 * @param options `journals`: where journals are kept, so that an interrupted run resumes; without it nothing is kept.
 *   `onProgress`: called with a label and the fraction done, 0 to 1.
 * @returns both trained diagrams, the boundaries, the insets and networks trained at some points.
 *
 * @remarks No example: it trains for a minute.
 */
export async function figure4(
  cells: number,
  seed: number,
  runner: RowRunner,
  options: {
    readonly journals?: JournalFolder;
    readonly onProgress?: (label: string, done: number) => void;
  } = {},
): Promise<Figure4> {
  const { journals, onProgress } = options;
  const spec = figure4Spec(cells, seed);
  const exact = await runPhase(planPhase(spec), runner, {
    ...journalOf(journals, 'figure4', 'exact'),
    onProgress: (done) => onProgress?.('figure 4, trained on the exact loss', done),
  });
  const sampled = await runPhase(planPhase(figure4SampledSpec(cells, seed)), runner, {
    ...journalOf(journals, 'figure4', 'sampled'),
    onProgress: (done) => onProgress?.('figure 4, trained on sampled inputs', done),
  });
  return {
    exact,
    sampled,
    boundaries: boundaries(spec),
    insets: insets.map((inset) => insetResult(inset, 6, 3)),
    publishedInsets: insets.map((inset) => insetResult(inset, 2, 1)),
    points: trainedPoints(insets, seed),
  };
}
