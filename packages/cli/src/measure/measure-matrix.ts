import {
  centred,
  meanVector,
  neighbourCost,
  type StreamNeighbours,
  type StreamHooks,
  type StreamMeasurement,
  type StreamProgress,
  unitLength,
} from '@polysem/core/streaming';
import type { FeatureSource, Precision } from '@polysem/core/embedding';
import { measureWithThreads, neighboursWithThreads, type MeasureCheckpoint } from '@polysem/runs';
import type { FeatureChoice } from '../features/choose-features.ts';
import { note } from '../output.ts';
import { blocksOf } from './blocks.ts';
import { referencesOf, type BaselineName } from './chance.ts';
import type { Checkpoints } from './checkpoint.ts';
import type { MeasuredMatrix } from './measured-matrix.ts';
import { summariseMatrix } from './summary.ts';

/** How matrices are measured. */
export interface MeasureSettings {
  readonly precision: Precision | 'auto';
  readonly centre: boolean;
  readonly normalise: boolean;
  readonly threads: number | undefined;
  /** Of bootstraps and simulated baselines. */
  readonly seed: number;
  readonly baselines: readonly BaselineName[];
  /** All pairs: always, never, or where that takes seconds. */
  readonly neighbours: 'always' | 'never' | 'cheap';
  /** Whether blocks are looked for, where the matrix is small. */
  readonly blocks: boolean;
}

/** Multiply-adds of all pairs that take some seconds. */
const CHEAP = 2.5e11;

const STAGES: Readonly<Record<StreamProgress['stage'], string>> = {
  mean: 'mean vector',
  sample: 'a sample of features',
  frame: 'frame operator',
  spectrum: 'spectrum',
  'second look': 'weak directions',
  features: 'features',
  whole: 'features',
  neighbours: 'neighbours',
  links: 'links between features',
  blocks: 'blocks',
  spectral: 'spectral measures',
  neurons: 'neurons',
  shapes: 'shapes',
};

/** Measures the features of a source as they are, by all threads. */
export async function measureSource(
  source: FeatureSource,
  choice: FeatureChoice,
  threads: number | undefined,
  onProgress: (label: string, done: number) => void,
): Promise<StreamMeasurement> {
  return measureWithThreads(source, { threads, onProgress: reporting(choice, onProgress) });
}

/** Tells stages of a matrix as labels. */
export function reporting(
  { label }: Pick<FeatureChoice, 'label'>,
  onProgress: (label: string, done: number) => void,
): (progress: StreamProgress) => void {
  return ({ stage, done, total }) => onProgress(`${label}: ${STAGES[stage]}`, done / total);
}

/** Measures the features of a source, beside chance. */
export async function measureMatrix(
  source: FeatureSource,
  choice: FeatureChoice,
  labels: readonly string[] | null,
  settings: MeasureSettings,
  kept: Checkpoints | undefined,
  onProgress: (label: string, done: number) => void,
): Promise<MeasuredMatrix> {
  const hooks = {
    threads: settings.threads,
    onProgress: reporting(choice, onProgress),
  };
  const { centre, normalise, precision, seed, threads } = settings;
  const how = { centre, normalise, precision, ...hooks, ...at(kept?.('features')) };
  const measured = await measureWithThreads(source, how);
  const vectors = await treated(source, settings, hooks);
  const neighbours = await neighboursOf(vectors, settings, {
    ...hooks,
    ...at(kept?.('neighbours')),
  });
  const references = await referencesOf(settings.baselines, vectors, measured, {
    seed,
    threads,
    checkpoint: (name) => kept?.(name, { seed }),
    onProgress: (name, step) => reporting({ label: `${choice.label}: ${name}` }, onProgress)(step),
  });
  return {
    choice,
    measured,
    neighbours,
    references,
    summary: summariseMatrix(measured, neighbours, settings.seed),
    blocks: settings.blocks ? await blocksOf(vectors) : null,
    labels,
  };
}

/** An option that is there or not. */
function at(checkpoint: MeasureCheckpoint | undefined): { checkpoint?: MeasureCheckpoint } {
  return checkpoint === undefined ? {} : { checkpoint };
}

/** The vectors as they are measured: centred, of unit length, or as they are. */
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
  hooks: {
    readonly threads: number | undefined;
    readonly onProgress: (step: StreamProgress) => void;
    readonly checkpoint?: MeasureCheckpoint;
  },
): Promise<StreamNeighbours | null> {
  const cost = neighbourCost(source.features, source.dims);
  if (settings.neighbours === 'never') return null;
  if (settings.neighbours === 'cheap' && cost > CHEAP) {
    note(
      `coherence is left out: all pairs take ${cost.toExponential(1)} multiply-adds; --neighbours computes it`,
    );
    return null;
  }
  return neighboursWithThreads(source, hooks);
}
