import { train, trainingDefaults } from '@polysem/engine/training';
import { quadraticModel } from '../quadratic-model.ts';
import type { Inset } from './insets.ts';

/** A network trained at a point of the diagram. */
export interface TrainedPoint {
  /** C_i. */
  readonly capacity: Float64Array;
  /** Relative gap to the certified optimum. */
  readonly gap: number;
}

/** Networks trained at points of Figure 4: one restart each where many are compared, else the best of several. */
export interface TrainedPoints {
  /** At the critical point. */
  readonly critical: readonly TrainedPoint[];
  /** At density `DENSE` and V = 1, where the kurtosis is below 3. */
  readonly dense: readonly TrainedPoint[];
  /** One per inset. */
  readonly insets: readonly TrainedPoint[];
}

/** Number of networks trained at the critical point, and at a density above it. */
const NETWORKS = 16;
/** A density above 0.6, so that the kurtosis is below 3. */
export const DENSE = 0.8;

/** Trains the networks of {@link TrainedPoints}, 6 features in 3 dimensions. */
export function trainedPoints(insets: readonly Inset[], seed: number): TrainedPoints {
  const many = (density: number): TrainedPoint[] =>
    Array.from({ length: NETWORKS }, (_, i) => trained({ density, importance: 1 }, seed + i, 1));
  return {
    critical: many(0.6),
    dense: many(DENSE),
    insets: insets.map((inset) => trained(inset, seed)),
  };
}

function trained(
  { density, importance }: Pick<Inset, 'density' | 'importance'>,
  seed: number,
  restarts?: number,
): TrainedPoint {
  const model = quadraticModel(3, [importance, 1, 1, 1, 1, 1]);
  const defaults = trainingDefaults(model);
  const { capacity, gap } = train({
    model,
    inputs: { shape: 'uniform', density, unitVariance: true },
    ...defaults,
    restarts: restarts ?? defaults.restarts,
    seed,
  });
  return { capacity, gap: gap ?? NaN };
}
