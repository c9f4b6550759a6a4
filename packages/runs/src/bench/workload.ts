/** Inputs on which a trained model is judged. */
const HELD_OUT = 65_536;

/**
 * One workload of the training benchmark as plain data: `instances` models of N features in D dimensions, trained side
 * by side as the notebook of "Toy Models of Superposition" does it: tied ReLU-output autoencoders and AdamW.
 */
export interface Workload {
  /** Such as '5-2x10': N, D and instances. */
  readonly name: string;
  readonly features: number;
  readonly dims: number;
  readonly instances: number;
  /** P(active) of all features of each instance; what is active is uniform on [0, 1]. */
  readonly densities: readonly number[];
  /** Of each feature, the same in all instances. */
  readonly importance: readonly number[];
  /** Inputs a step, of each instance. */
  readonly batch: number;
  readonly learningRate: number;
  /**
   * The standard deviation of the first weights: that of `xavier_normal_` on the (instances, features, dims) tensor,
   * which takes the instances for one of its fans and the dimensions for a receptive field.
   */
  readonly deviation: number;
  readonly heldOut: number;
  /** How long it is trained where the quality of the result is compared. */
  readonly trainSteps: number;
}

/** What {@link workload} must be told, and what it may be. */
export type WorkloadSizes = Pick<Workload, 'features' | 'dims' | 'instances'> &
  Partial<Pick<Workload, 'densities' | 'importance' | 'batch' | 'trainSteps'>>;

/** A workload of given sizes; the rest is the notebook's where absent. */
export function workload({ features, dims, instances, ...rest }: WorkloadSizes): Workload {
  return {
    name: `${features}-${dims}x${instances}`,
    features,
    dims,
    instances,
    densities: densitiesOf(instances),
    importance: Array.from({ length: features }, () => 1),
    batch: 1024,
    learningRate: 1e-3,
    deviation: Math.sqrt(2 / (dims * (features + instances))),
    heldOut: HELD_OUT,
    trainSteps: 500,
    ...rest,
  };
}

/** A workload without its long lists: of densities and importances the first and the last. */
export function workloadSummary({ densities, importance, ...sizes }: Workload): Workload {
  return {
    ...sizes,
    densities: [densities[0], densities[densities.length - 1]],
    importance: [importance[0], importance[importance.length - 1]],
  };
}

/** From 1 down to 1/20, geometrically; 1/20 for a single instance. */
function densitiesOf(instances: number): number[] {
  if (instances === 1) return [1 / 20];
  return Array.from({ length: instances }, (_, k) => 20 ** (-k / (instances - 1)));
}
