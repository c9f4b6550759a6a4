import {
  CHEAP_NEIGHBOURS,
  centred,
  meanVector,
  neighbourCost,
  type StreamNeighbours,
  type StreamHooks,
  type StreamMeasurement,
  type StreamProgress,
  summariseMatrix,
  unitLength,
} from '@polysem/core/streaming';
import type { FeatureSource } from '@polysem/core/embedding';
import {
  measureWithThreads,
  neighboursWithThreads,
  type ThreadOptions,
} from './measure-with-threads.ts';
import type { RunStore } from '../store/run-store.ts';
import type { KeptPart } from './resume-measurement.ts';
import type { FeatureChoice } from './feature-choice.ts';
import { blocksOf } from './blocks.ts';
import { referencesOf } from './baselines.ts';
import type { MeasuredMatrix } from './measured-matrix.ts';
import type { MeasureSettings } from './measure-settings.ts';
import { originalIndices } from './original-index.ts';

/** Stages of a measurement in words. */
export const STAGES: Readonly<Record<StreamProgress['stage'], string>> = {
  mean: 'mean vector',
  sample: 'a sample of features',
  frame: 'frame operator',
  spectrum: 'spectrum',
  refinement: 'weak directions',
  features: 'features',
  whole: 'features',
  neighbours: 'neighbours',
  links: 'links between features',
  blocks: 'blocks',
  spectral: 'spectral measures',
  neurons: 'neurons',
  shapes: 'shapes',
};

/**
 * Measures the features of a source without centring or scaling.
 *
 * @param source the vectors.
 * @param choice the choice of features, whose label appears in the progress.
 * @param threads number of threads; all processors if undefined.
 * @param onProgress called with a label and the fraction done, 0 to 1.
 * @returns the measurement.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { measureSource } from 'polysem/measure';
 * const source = embeddingSource(polytope('pentagon'));
 * (await measureSource(source, { label: 'W' }, 1, () => {})).rank; // 2
 * ```
 */
export async function measureSource(
  source: FeatureSource,
  choice: FeatureChoice,
  threads: number | undefined,
  onProgress: (label: string, done: number) => void,
): Promise<StreamMeasurement> {
  return measureWithThreads(source, { threads, onProgress: reporting(choice, onProgress) });
}

/** Adapts progress of stages to progress with labels. */
export function reporting(
  { label }: Pick<FeatureChoice, 'label'>,
  onProgress: (label: string, done: number) => void,
): (progress: StreamProgress) => void {
  return ({ stage, done, total }) => onProgress(`${label}: ${STAGES[stage]}`, done / total);
}

/** One matrix to measure. */
export interface MatrixToMeasure {
  readonly source: FeatureSource;
  readonly choice: FeatureChoice;
  /** Names of the features; null if none are known. */
  readonly labels: readonly string[] | null;
  /** Indices in the file of features that the source leaves out, if any. */
  readonly skipped?: readonly number[];
  /** Store of the parts of the measurement; undefined to keep nothing. */
  readonly store: RunStore | undefined;
}

/** Callbacks of long work. */
export interface WorkHooks {
  /** Progress of one part, from 0 to 1. */
  readonly onProgress: (label: string, done: number) => void;
  /** One line that the user should see, such as a part that is left out. */
  readonly onNote: (text: string) => void;
}

/**
 * Measures one matrix, with its neighbours, blocks, summary and the baselines that it is compared with.
 *
 * @param matrix the features and what is known about them.
 * @param settings how to measure.
 * @param workHooks progress and notes.
 * @returns everything that a report or the JSON output shows.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { measureMatrix } from 'polysem/measure';
 * const options = { centre: false, normalise: false, precision: 'auto', neighbours: 'always', baselines: [], blocks: false };
 * const matrix = {
 *   source: embeddingSource(polytope('pentagon')),
 *   choice: { tensor: 'W', axis: 'rows', label: 'W', notes: [] },
 *   labels: null,
 * };
 * const quiet = { onProgress: () => {}, onNote: () => {} };
 * const measured = await measureMatrix(matrix, { ...options, seed: 0, threads: 1 }, quiet);
 * measured.summary.efficiency; // 1.000000
 * ```
 */
export async function measureMatrix(
  { source, choice, labels, store, skipped = [] }: MatrixToMeasure,
  settings: MeasureSettings,
  { onProgress, onNote }: WorkHooks,
): Promise<MeasuredMatrix> {
  const hooks = {
    threads: settings.threads,
    blas: settings.blas,
    onProgress: reporting(choice, onProgress),
  };
  const { centre, normalise, precision, seed, threads, blas } = settings;
  const keptAs = (part: string): KeptPart | undefined => store && { store, part };
  const how = { centre, normalise, precision, ...hooks, kept: keptAs('features') };
  const measured = await measureWithThreads(source, how);
  const vectors = await treated(source, settings, hooks);
  const neighbours = await neighboursOf(
    vectors,
    settings,
    { ...hooks, kept: keptAs('neighbours') },
    onNote,
  );
  const references = await referencesOf(settings.baselines, vectors, measured, {
    seed,
    threads,
    blas,
    store,
    onProgress: (name, step) => reporting({ label: `${choice.label}: ${name}` }, onProgress)(step),
  });
  const summary = summariseMatrix(measured, neighbours, settings.seed);
  const numbers = originalIndices({ skipped, measured });
  const pair = summary.coherentPair;
  return {
    choice,
    measured,
    neighbours,
    references,
    summary: { ...summary, coherentPair: pair && [numbers[pair[0]], numbers[pair[1]]] },
    blocks: settings.blocks ? await blocksOf(vectors) : null,
    labels,
    ...(skipped.length > 0 && { skipped }),
    ...(blas && { blas: blas.name }),
  };
}

/**
 * Centres vectors and scales them to unit length, as the settings ask.
 *
 * @param source the vectors.
 * @param settings `centre`: subtract the mean vector. `normalise`: scale to unit length.
 * @param hooks progress and cancellation of the pass that computes the mean.
 * @returns the vectors that are measured.
 *
 * @example
 * ```js
 * import { embedding, embeddingSource } from 'polysem/embedding';
 * import { treated } from 'polysem/measure';
 * const source = embeddingSource(embedding(2, 1, Float64Array.of(3, 4)));
 * const unit = await treated(source, { centre: false, normalise: true });
 * await unit.read(0, 1); // [0.60000, 0.80000]
 * ```
 */
export async function treated(
  source: FeatureSource,
  { centre, normalise }: Pick<MeasureSettings, 'centre' | 'normalise'>,
  hooks: StreamHooks = {},
): Promise<FeatureSource> {
  const vectors = centre ? centred(source, await meanVector(source, hooks)) : source;
  return normalise ? unitLength(vectors) : vectors;
}

async function neighboursOf(
  source: FeatureSource,
  settings: MeasureSettings,
  hooks: ThreadOptions & {
    readonly onProgress: (step: StreamProgress) => void;
    readonly kept: KeptPart | undefined;
  },
  onNote: WorkHooks['onNote'],
): Promise<StreamNeighbours | null> {
  const cost = neighbourCost(source.features, source.dims);
  if (settings.neighbours === 'never') return null;
  if (settings.neighbours === 'cheap' && cost > CHEAP_NEIGHBOURS) {
    onNote(
      `coherence is not computed: comparing all pairs takes ${cost.toExponential(1)} multiply-adds; add --neighbours to compute it`,
    );
    return null;
  }
  return neighboursWithThreads(source, hooks);
}
