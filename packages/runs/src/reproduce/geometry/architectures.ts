import type { Activation } from '@polysem/engine/activations';
import type { ToyModel } from '@polysem/engine/models';
import { blockCensus, type BlockCensus } from './block-census.ts';
import { trainStarts, type Experiment, type TrainedEmbedding } from './trained-starts.ts';

/** One row of the table: an architecture at equal importances, trained from many starts. */
export interface ArchitectureRow {
  readonly id: string;
  readonly name: string;
  readonly experiment: Experiment;
  /** Assumed by `findBlocks`, in mean norms. */
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

/** Equal importances 1, and inputs active with this probability. */
const DENSITY = 0.05;

/**
 * Noise of trained matrices in mean norms. What is trained on a closed form has no noise but where L-BFGS stopped; on
 * some thousand inputs features are seen unequally, which turns them by up to a percent.
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

/** The row's name in the results: `relu-compression-6-in-3`. */
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
export function architectureRow(
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
  // Compression, as Elhage et al. 2022 have it, is of values in [0, 1]; targets of either sign for computation.
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
    name: `${NAMES[architecture.activation] ?? architecture.activation} ${task}, ${features} in ${architecture.dims}`,
    experiment,
    noise,
    trained,
    census: blockCensus(trained, noise),
  };
}

const NAMES: Partial<Record<Activation, string>> = { relu: 'ReLU', gelu: 'GeLU' };
