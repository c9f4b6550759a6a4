import { realPower } from '@polysem/numerics/elementary';
import { checkpointAt, dynamics, type Dynamics } from '@polysem/core/geometry';
import { train, trainingDefaults, type TrainingSpec } from '@polysem/engine/training';
import type { ToyModel } from '@polysem/engine/models';

/** A training run with its blocks at each checkpoint. */
export interface TrainingDynamics {
  readonly id: string;
  readonly name: string;
  readonly spec: TrainingSpec;
  readonly dynamics: Dynamics;
  /** For each checkpoint and feature: the number of its block, or null. A block keeps its number while it lasts. */
  readonly blockOf: readonly (readonly (number | null)[])[];
  /** Name of each numbered block at the last checkpoint that has it. */
  readonly blockNames: readonly string[];
}

const CHECKPOINTS = 90;
/** A block has formed once its capacities sum to an integer within this. */
const FORMED = 0.02;

/** Three runs: pairs form; a block splits and merges into a pentagon; a feature gets a dimension of its own. */
export function trainingDynamics(seed: number): TrainingDynamics[] {
  return [
    follow('pairs', 'ReLU compression, 6 in 3', compression(6, 3, seed), 0.03),
    follow('pentagon', 'ReLU compression, 5 in 2', compression(5, 2, seed), 0.03),
    follow(
      'full',
      'quadratic computation, 6 in 3, one feature three times as important',
      quadratic(seed),
      0.01,
    ),
  ];
}

function compression(features: number, dims: number, seed: number): TrainingSpec {
  const model: ToyModel = {
    task: 'compression',
    activation: 'relu',
    features,
    dims,
    importance: Array.from({ length: features }, () => 1),
  };
  return {
    model,
    inputs: { shape: 'uniform-positive', density: 0.05, unitVariance: true },
    ...trainingDefaults(model),
    ...slowly(4000),
    seed,
  };
}

function quadratic(seed: number): TrainingSpec {
  const model: ToyModel = {
    task: 'computation',
    activation: 'quadratic',
    features: 6,
    dims: 3,
    importance: [3, 1, 1, 1, 1, 1],
  };
  return {
    model,
    inputs: { shape: 'uniform', density: 0.05, unitVariance: true },
    ...trainingDefaults(model, 'exact', 'adam'),
    ...slowly(2000),
    seed,
  };
}

/** Small initial weights and a low learning rate, which separate the stages of training; log-spaced checkpoints. */
function slowly(steps: number) {
  const evenly = Array.from({ length: CHECKPOINTS }, (_, k) =>
    Math.round(realPower(steps, k / (CHECKPOINTS - 1))),
  );
  return {
    steps,
    batch: 1024,
    learningRate: 3e-3,
    initialisation: { name: 'small' },
    history: [...new Set([0, ...evenly])],
    restarts: 1,
  } as const;
}

function follow(id: string, name: string, spec: TrainingSpec, noise: number): TrainingDynamics {
  const { runs } = train(spec);
  const checkpoints = runs[0].history.map(({ step, loss, embedding }) =>
    checkpointAt(step, loss, embedding, noise),
  );
  const found = dynamics(checkpoints, { integerTolerance: FORMED });
  return { id, name, spec, dynamics: found, ...numbered(found) };
}

/** Numbers formed blocks in order of appearance. Features outside of formed blocks have no number. */
function numbered({ rows }: Dynamics): Pick<TrainingDynamics, 'blockOf' | 'blockNames'> {
  const numbers = new Map<string, number>();
  const blockNames: string[] = [];
  const blockOf = rows.map(({ capacity, full, blocks, blockCapacity, shapes }) => {
    const row: (number | null)[] = Array.from(capacity, () => null);
    const put = (features: readonly number[], shape: string | null): void => {
      const key = features.join();
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      blockNames[number] = nameOf(features, shape);
      for (const i of features) row[i] = number;
    };
    for (const i of full) put([i], 'single');
    blocks.forEach((features, k) => {
      const sum = blockCapacity[k];
      if (Math.abs(sum - Math.round(sum)) <= FORMED) put(features, shapes[k]);
    });
    return row;
  });
  return { blockOf, blockNames };
}

function nameOf(features: readonly number[], shape: string | null): string {
  return shape ?? `${features.length} features`;
}
