import { realPower } from '@polysem/numerics/elementary';
import {
  embeddingFromVectors,
  featureVector,
  leftSingular,
  type Embedding,
} from '@polysem/core/embedding';
import { findBlocks } from '@polysem/core/geometry';
import { generator, childGenerator, uniformBetween } from '@polysem/numerics/random';
import { train, trainingDefaults, type TrainingSpec } from '@polysem/engine/training';

/** Statistics of many quadratic models with unequal importances. */
export interface OneEigenspace {
  readonly features: number;
  readonly dims: number;
  readonly seeds: number;
  /** The network of the first seed. */
  readonly example: Embedding;
  /** The model that it was trained for, with its inputs. */
  readonly experiment: Pick<TrainingSpec, 'model' | 'inputs' | 'seed'>;
  /** Number of seeds for which the theory predicts partial features. */
  readonly withPartial: number;
  /** Number of these in which the partial features are one eigenspace of S: a tight frame within `TIGHT`. */
  readonly oneEigenspace: number;
  /** Number of these in which `findBlocks` reports an eigenspace with exactly the partial features. */
  readonly found: number;
  /** Largest relative spread of the partial features' eigenvalues. */
  readonly tightness: number;
  /** Largest fraction of the partial features' squared norm outside of their main sum(C) dimensions. */
  readonly outside: number;
  /** Largest relative gap to the certified optimum. */
  readonly gap: number;
}

/** Largest spread of the eigenvalues of one eigenspace, relative to their mean. */
export const TIGHT = 1e-3;
/** A predicted capacity between this and 1 minus this is partial. */
const PARTIAL = 1e-9;

/**
 * Tests that the optimum of the quadratic model has the same gamma for all partial features (sections 3.3 and 4.3 of
 * arXiv:2210.01892). Each seed has its own importances, log-uniform from 1/4 to 4, and one restart; density 0.05.
 */
export function oneEigenspace(
  { features, dims }: { features: number; dims: number },
  seeds: number,
  seed: number,
  onSeed: (done: number) => void = () => undefined,
): OneEigenspace {
  const worst = { tightness: 0, outside: 0, gap: 0 };
  let [withPartial, one, found] = [0, 0, 0];
  let example: Pick<OneEigenspace, 'example' | 'experiment'> | null = null;
  for (let k = 0; k < seeds; k++) {
    const g = childGenerator(childGenerator(generator(seed), 4), k);
    const importance = Array.from({ length: features }, () =>
      realPower(4, uniformBetween(g, -1, 1)),
    );
    const model = {
      task: 'computation',
      activation: 'quadratic',
      features,
      dims,
      importance,
    } as const;
    const inputs = { shape: 'uniform', density: 0.05, unitVariance: true } as const;
    const { embedding, capacity, predictedCapacity, gap } = train({
      model,
      inputs,
      ...trainingDefaults(model),
      restarts: 1,
      seed,
      instance: k,
    });
    example ??= { example: embedding, experiment: { model, inputs, seed } };
    worst.gap = Math.max(worst.gap, gap ?? Infinity);
    onSeed((k + 1) / seeds);
    const partial = partialFeatures(predictedCapacity ?? capacity);
    if (partial.length === 0) continue;
    withPartial++;
    const frame = frameOf(embedding, partial, capacity);
    worst.tightness = Math.max(worst.tightness, frame.tightness);
    worst.outside = Math.max(worst.outside, frame.outside);
    if (frame.tightness < TIGHT && frame.outside < TIGHT) one++;
    const spaces = findBlocks(embedding, { noise: 1e-4 }).eigenspaces;
    if (spaces.some((space) => space.features.join() === partial.join())) found++;
  }
  if (example === null)
    throw new RangeError(`oneEigenspace: seeds must be at least 1, got ${seeds}`);
  return { features, dims, seeds, ...example, withPartial, oneEigenspace: one, found, ...worst };
}

/** Indices of the features with 0 < C < 1, beyond rounding, in ascending order. */
function partialFeatures(capacity: Float64Array): number[] {
  return [...capacity.keys()].filter((i) => capacity[i] > PARTIAL && capacity[i] < 1 - PARTIAL);
}

/** Measures how close some features are to a tight frame in sum(C) dimensions, by the eigenvalues of their frame operator. */
export function frameOf(
  w: Embedding,
  features: readonly number[],
  capacity: Float64Array,
): { tightness: number; outside: number } {
  const dims = Math.round(features.reduce((sum, i) => sum + capacity[i], 0));
  const own = embeddingFromVectors(features.map((i) => Array.from(featureVector(w, i))));
  const eigenvalues = leftSingular(own).values.map((x) => x * x);
  const inside = eigenvalues.slice(0, dims);
  if (inside.length < dims || dims === 0) return { tightness: Infinity, outside: 1 };
  const sum = inside.reduce((a, b) => a + b, 0);
  const all = eigenvalues.reduce((a, b) => a + b, 0);
  return {
    tightness: (inside[0] - inside[dims - 1]) / (sum / dims),
    outside: 1 - sum / all,
  };
}
