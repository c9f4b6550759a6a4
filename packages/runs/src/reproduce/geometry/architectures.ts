import { activationLabel, type Activation } from '@polysem/engine/activations';
import type { ToyModel } from '@polysem/engine/models';
import { blockCensus, type BlockCensus } from './block-census.ts';
import { trainStarts, type Experiment, type TrainedEmbedding } from './trained-starts.ts';

/** One row of the table: an architecture at equal importances with many restarts. */
export interface ArchitectureRow {
  readonly id: string;
  readonly name: string;
  readonly experiment: Experiment;
  /** Noise passed to `findBlocks`, as a fraction of the mean norm. */
  readonly noise: number;
  readonly trained: readonly TrainedEmbedding[];
  readonly census: BlockCensus;
}

interface Architecture {
  readonly task: 'computation' | 'compression';
  readonly activation: Activation;
  readonly features: number;
  readonly dims: number;
}

/** P(active) of all features. */
const DENSITY = 0.05;

/**
 * Noise of trained matrices, as a fraction of the mean norm. With a closed-form loss the only noise is the tolerance of
 * L-BFGS. In a sample of a few thousand inputs features are not equally frequent, which changes vectors by up to 1 %.
 */
const EXACT_NOISE = 1e-4;
const SAMPLED_NOISE = 0.01;

const architectures: readonly Architecture[] = [
  { task: 'computation', activation: 'quadratic', features: 6, dims: 3 },
  { task: 'computation', activation: 'relu', features: 6, dims: 3 },
  { task: 'computation', activation: 'gelu', features: 6, dims: 3 },
  { task: 'compression', activation: 'linear', features: 6, dims: 3 },
  { task: 'compression', activation: 'gelu', features: 6, dims: 3 },
  { task: 'compression', activation: 'relu', features: 6, dims: 3 },
  { task: 'compression', activation: 'gelu', features: 5, dims: 2 },
  { task: 'compression', activation: 'relu', features: 5, dims: 2 },
  { task: 'compression', activation: 'relu', features: 4, dims: 3 },
  { task: 'compression', activation: 'relu', features: 8, dims: 3 },
  { task: 'compression', activation: 'relu', features: 20, dims: 10 },
  { task: 'compression', activation: 'relu', features: 20, dims: 5 },
];

/** Identifier of a row in the results, such as `relu-compression-6-in-3`. */
function idOf({ task, activation, features, dims }: Architecture): string {
  return `${activation}-${task}-${features}-in-${dims}`;
}

/** Trains every architecture and counts its block structures. */
export function architectureTable(
  starts: number,
  seed: number,
  onProgress: (done: number) => void = () => undefined,
): ArchitectureRow[] {
  return architectures.map((architecture, at) =>
    architectureRow(architecture, starts, seed, (done) =>
      onProgress((at + done) / architectures.length),
    ),
  );
}

/** One row of the table. */
function architectureRow(
  architecture: Architecture,
  starts: number,
  seed: number,
  onProgress?: (done: number) => void,
): ArchitectureRow {
  const { task, features } = architecture;
  const model: ToyModel = {
    ...architecture,
    importance: Array.from({ length: features }, () => 1),
  };
  // Compression uses values in [0, 1], as in Elhage et al. 2022; computation uses both signs.
  const shape = task === 'compression' ? 'uniform-positive' : 'uniform';
  const experiment = {
    model,
    inputs: { shape, density: DENSITY, unitVariance: true },
    seed,
  } as const;
  const noise = architecture.activation === 'quadratic' ? EXACT_NOISE : SAMPLED_NOISE;
  const trained = trainStarts(experiment, starts, onProgress);
  return {
    id: idOf(architecture),
    name: `${activationLabel(architecture.activation)} ${task}, ${features} in ${architecture.dims}`,
    experiment,
    noise,
    trained,
    census: blockCensus(trained, noise),
  };
}
