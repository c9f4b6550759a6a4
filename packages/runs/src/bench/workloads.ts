import { power } from '@polysem/numerics/elementary';
import { workload, type Workload } from './workload.ts';

/** Workloads on which training is timed and compared. */
const workloads: readonly Workload[] = [
  workload({
    features: 5,
    dims: 2,
    instances: 10,
    importance: Array.from({ length: 5 }, (_, i) => power(0.9, i)),
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
  ...[0.05, 0.01].flatMap((density) => [
    workload({ features: 80, dims: 20, instances: 100, density, trainSteps: 200 }),
    workload({ features: 200, dims: 20, instances: 20, density, trainSteps: 500 }),
    workload({ features: 400, dims: 30, instances: 20, density, trainSteps: 200 }),
  ]),
];

const QUICK: ReadonlySet<string> = new Set(['5-2x10', '20-5x7', '100-20x20', '2-1x1000']);

/**
 * Chooses workloads by name.
 *
 * @param names names such as `5-2x10`. Undefined: all workloads, or a few if `isQuick`.
 * @param isQuick true to train for a quarter of the steps.
 * @returns the workloads in their standard order.
 * @throws RangeError if a name is unknown.
 *
 * @example
 * ```js
 * import { chooseWorkloads } from '@polysem/runs/bench';
 * chooseWorkloads(['20-5x7', '5-2x10'], true).map(({ name }) => name); // ['5-2x10', '20-5x7']
 * ```
 */
export function chooseWorkloads(
  names: readonly string[] | undefined,
  isQuick: boolean,
): readonly Workload[] {
  const known = workloads.map(({ name }) => name);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`work: must be among ${known.join(', ')}, got ${JSON.stringify(unknown)}`);
  }
  const chosen = workloads.filter(({ name }) =>
    names === undefined ? !isQuick || QUICK.has(name) : names.includes(name),
  );
  if (!isQuick) return chosen;
  return chosen.map((work) => Object.assign({}, work, { trainSteps: work.trainSteps / 4 }));
}
