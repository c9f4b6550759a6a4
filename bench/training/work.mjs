/** Inputs of the batch on which trained models are judged. */
const HELD_OUT = 65_536;

/**
 * One workload as plain data: `instances` models of N features in D dimensions, trained side by side as the notebook
 * of "Toy Models of Superposition" does it.
 *
 * Feature i of instance k is active with probability `densities[k]`, and then uniform on [0, 1]. Weights start normal
 * with standard deviation `deviation`: that of `xavier_normal_` on the (instances, features, dims) tensor, which takes
 * the instances for one of its fans and the dimensions for a receptive field. `trainSteps` is how long quality runs
 * last.
 */
export function workload({ features, dims, instances, densities, importance, ...rest }) {
  return {
    name: `${features}-${dims}x${instances}`,
    features,
    dims,
    instances,
    densities: densities ?? densitiesOf(instances),
    importance: importance ?? Array.from({ length: features }, () => 1),
    batch: 1024,
    learningRate: 1e-3,
    deviation: Math.sqrt(2 / (dims * (features + instances))),
    heldOut: HELD_OUT,
    ...rest,
  };
}

/** From 1 down to 1/20, geometrically; 1/20 for a single instance. */
function densitiesOf(instances) {
  if (instances === 1) return [1 / 20];
  return Array.from({ length: instances }, (_, k) => 20 ** (-k / (instances - 1)));
}

/** The sizes at which training is compared. */
export const workloads = [
  workload({
    features: 5,
    dims: 2,
    instances: 10,
    importance: Array.from({ length: 5 }, (_, i) => 0.9 ** i),
    trainSteps: 2000,
  }),
  workload({ features: 20, dims: 5, instances: 7, trainSteps: 2000 }),
  workload({ features: 80, dims: 20, instances: 100, trainSteps: 200 }),
  workload({ features: 100, dims: 20, instances: 20, trainSteps: 500 }),
  workload({ features: 200, dims: 20, instances: 20, trainSteps: 500 }),
  workload({ features: 400, dims: 30, instances: 1, trainSteps: 2000 }),
  workload({ features: 400, dims: 30, instances: 20, trainSteps: 200 }),
  workload({ features: 2, dims: 1, instances: 1000, trainSteps: 500 }),
  workload({ features: 6, dims: 3, instances: 4096, trainSteps: 100 }),
];

const QUICK = new Set(['5-2x10', '20-5x7', '100-20x20', '2-1x1000']);

/** A few of them, trained for a quarter of the steps. */
export const quickWorkloads = workloads
  .filter(({ name }) => QUICK.has(name))
  .map((work) => Object.assign({}, work, { trainSteps: work.trainSteps / 4 }));
