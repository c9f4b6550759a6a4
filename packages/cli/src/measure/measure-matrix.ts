import {
  centred,
  meanVector,
  neighbourCost,
  type FeatureSource,
  type Neighbours,
  type Precision,
  type StreamProgress,
} from '@polysem/core';
import { measureWithThreads, neighboursWithThreads } from '@polysem/runs';
import type { FeatureChoice } from '../features/choose-features.ts';
import { note } from '../output.ts';
import { chanceOf } from './chance.ts';
import type { MeasuredMatrix } from './measured-matrix.ts';
import { summariseMatrix } from './summary.ts';

/** How matrices are measured. */
export interface MeasureSettings {
  readonly precision: Precision | 'auto';
  readonly centre: boolean;
  readonly normalise: boolean;
  readonly threads: number | undefined;
  /** All pairs: always, never, or where that takes seconds. */
  readonly neighbours: 'always' | 'never' | 'cheap';
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
};

/** Measures the features of a source, beside chance. */
export async function measureMatrix(
  source: FeatureSource,
  choice: FeatureChoice,
  labels: readonly string[] | null,
  settings: MeasureSettings,
  onProgress: (label: string, done: number) => void,
): Promise<MeasuredMatrix> {
  const hooks = {
    threads: settings.threads,
    onProgress: ({ stage, done, total }: StreamProgress) =>
      onProgress(`${choice.label}: ${STAGES[stage]}`, done / total),
  };
  const measured = await measureWithThreads(source, { ...settings, ...hooks });
  const neighbours = await neighboursOf(source, settings, hooks);
  return {
    choice,
    measured,
    neighbours,
    chance: chanceOf(source.dims, source.features),
    summary: summariseMatrix(measured, neighbours),
    labels,
  };
}

async function neighboursOf(
  source: FeatureSource,
  settings: MeasureSettings,
  hooks: { readonly threads: number | undefined; onProgress: (step: StreamProgress) => void },
): Promise<Neighbours | null> {
  const cost = neighbourCost(source.features, source.dims);
  if (settings.neighbours === 'never') return null;
  if (settings.neighbours === 'cheap' && cost > CHEAP) {
    note(
      `coherence is left out: all pairs take ${cost.toExponential(1)} multiply-adds; --neighbours computes it`,
    );
    return null;
  }
  const vectors = settings.centre ? centred(source, await meanVector(source, hooks)) : source;
  return neighboursWithThreads(vectors, hooks);
}
