import { realPower } from '@polysem/numerics/elementary';

/** Number of inputs of the held-out loss. */
const HELD_OUT = 65_536;

/**
 * A workload of the training benchmark: `instances` models of N features in D dimensions, trained together as in the
 * notebook of "Toy Models of Superposition": tied autoencoders with ReLU output, and AdamW.
 */
export interface Workload {
  /** Such as '5-2x10': N, D and instances; with the density if all instances share one, as in '80-20x100@0.05'. */
  readonly name: string;
  readonly features: number;
  readonly dims: number;
  readonly instances: number;
  /** P(active) of the features, one per instance. Active values are uniform on [0, 1]. */
  readonly densities: readonly number[];
  /** Importance of each feature, the same in all instances. */
  readonly importance: readonly number[];
  /** Inputs per step and instance. */
  readonly batch: number;
  readonly learningRate: number;
  /**
   * Standard deviation of the initial weights, as given by `xavier_normal_` for a tensor (instances, features, dims):
   * it treats instances as one of the fans and dimensions as a receptive field.
   */
  readonly deviation: number;
  readonly heldOut: number;
  /** Steps of training when final losses are compared. */
  readonly trainSteps: number;
}

/** Required and optional parameters of {@link workload}. */
export type WorkloadSizes = Pick<Workload, 'features' | 'dims' | 'instances'> &
  Partial<Pick<Workload, 'densities' | 'importance' | 'batch' | 'trainSteps'>> & {
    /** The same density in all instances. */
    readonly density?: number;
  };

/**
 * Makes a workload. Defaults are those of the notebook.
 *
 * @param sizes features, dimensions, instances and optional settings.
 * @returns the workload.
 *
 * @example
 * ```js
 * import { workload } from '@polysem/runs/bench';
 * workload({ features: 5, dims: 2, instances: 10 }).name; // '5-2x10'
 * workload({ features: 5, dims: 2, instances: 10, density: 0.05 }).name; // '5-2x10@0.05'
 * ```
 */
export function workload({ features, dims, instances, density, ...rest }: WorkloadSizes): Workload {
  const sizes = `${features}-${dims}x${instances}`;
  return {
    name: density === undefined ? sizes : `${sizes}@${density}`,
    features,
    dims,
    instances,
    densities:
      density === undefined
        ? densitiesOf(instances)
        : Array.from({ length: instances }, () => density),
    importance: Array.from({ length: features }, () => 1),
    batch: 1024,
    learningRate: 1e-3,
    deviation: Math.sqrt(2 / (dims * (features + instances))),
    heldOut: HELD_OUT,
    trainSteps: 500,
    ...rest,
  };
}

/**
 * Shortens the lists of a workload: keeps the first and last density and importance.
 *
 * @param workload the workload.
 * @returns a copy with shortened lists.
 *
 * @example
 * ```js
 * import { workload, workloadSummary } from '@polysem/runs/bench';
 * workloadSummary(workload({ features: 5, dims: 2, instances: 10 })).densities; // [1, 0.05]
 * ```
 */
export function workloadSummary({ densities, importance, ...sizes }: Workload): Workload {
  return {
    ...sizes,
    densities: [densities[0], densities[densities.length - 1]],
    importance: [importance[0], importance[importance.length - 1]],
  };
}

/** Densities from 1 to 1/20, log-spaced; 1/20 for a single instance. */
function densitiesOf(instances: number): number[] {
  if (instances === 1) return [1 / 20];
  return Array.from({ length: instances }, (_, k) => realPower(20, -k / (instances - 1)));
}
