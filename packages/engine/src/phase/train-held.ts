import { resolveInputs } from '@polysem/core/features';
import { isQuadraticModel } from '../models/toy-model.ts';
import type { TrainedParts } from '../training/problem.ts';
import { quadraticPartsOf } from '../training/quadratic-problem.ts';
import { partsOf } from '../training/sampled-problem.ts';
import { trainHoldCurve, type HoldCurve } from './hold-curve.ts';
import type { HeldPoint, HoldSpec, HoldTask } from './hold-point.ts';

/** The curve has this many steps between capacity 0 and 1. */
const STEPS = 32;

/** Capacities of the points of a curve of loss against held capacity: 33 from 0 to 1, in equal steps. */
export const heldCapacities: readonly number[] = Array.from(
  { length: STEPS + 1 },
  (_, k) => k / STEPS,
);

/** A network under a held capacity, and the curve around it. */
export interface HeldTraining {
  readonly point: HeldPoint;
  readonly curve: HoldCurve;
}

/**
 * Trains a network under a held capacity from all starts: first the curve over {@link heldCapacities}, and then the capacity
 * itself, from random weights and from the optima beside it ({@link startsBeside}).
 *
 * @param spec the model, its inputs and the held feature.
 * @param capacity the held capacity, from 0 to 1.
 * @param computePoints trains points, as for {@link trainHoldCurve}.
 * @returns the network and the curve.
 * @throws RangeError if the spec is malformed, the feature does not exist, or the capacity is not in [0, 1].
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { defaultGridTraining, holdPoint, trainHeld } from 'polysem/phase';
 * const model = { task: 'computation', activation: 'quadratic', features: 2, dims: 1, importance: [1, 1] };
 * const inputs = { shape: 'uniform', density: 0.2, unitVariance: true };
 * const spec = { model, inputs, feature: 0, training: { ...defaultGridTraining, restarts: 2 }, seed: 0 };
 * const compute = async (_done, tasks) => tasks.map((task) => holdPoint(typescriptKernel, task));
 * const { point, curve } = await trainHeld(spec, 0.75, compute);
 * point.best.capacity[0].toFixed(3); // '0.750'
 * point.best.loss > curve.free.best.loss; // true
 * ```
 */
export async function trainHeld(
  spec: HoldSpec,
  capacity: number,
  computePoints: (done: number, tasks: readonly HoldTask[]) => Promise<readonly HeldPoint[]>,
): Promise<HeldTraining> {
  const curve = await trainHoldCurve(spec, heldCapacities, computePoints);
  const { restarts } = spec.training;
  const starts = startsBeside(curve.points, curve.free, capacity);
  const [point] = await computePoints(1, [{ spec, row: 0, capacity, restarts, starts }]);
  return { point, curve };
}

/**
 * Parameters from which a held capacity is trained besides random ones: those of the nearest points of a curve on both sides,
 * and of the optimum without holding.
 *
 * @param points points of the curve that are known, by capacity.
 * @param free the optimum without holding; null if it is not known.
 * @param capacity the held capacity, from 0 to 1.
 * @returns up to three parameter vectors.
 *
 * @example
 * ```js
 * import { startsBeside } from 'polysem/phase';
 * const point = (capacity) => ({ capacity, best: { parameters: Float64Array.of(capacity) } });
 * startsBeside([point(0), point(0.5), point(1)], null, 0.6).map(([c]) => c); // [0.5, 1]
 * ```
 */
export function startsBeside(
  points: readonly HeldPoint[],
  free: HeldPoint | null,
  capacity: number,
): Float64Array[] {
  const below = points.findLast((one) => one.capacity! <= capacity);
  const above = points.find((one) => one.capacity! > capacity);
  return [below, above, free ?? undefined].flatMap((one) =>
    one === undefined || one.best === null ? [] : [one.best.parameters],
  );
}

/**
 * The network that the parameters of a held optimum describe. The quadratic model has the b that is best for its W.
 *
 * @param spec the model and its inputs.
 * @param parameters the parameters of a {@link HeldPoint}.
 * @returns W, b, and what else the model has.
 * @throws RangeError if the inputs are malformed.
 *
 * @example
 * ```js
 * import { heldParts } from 'polysem/phase';
 * const model = { task: 'compression', activation: 'relu', features: 2, dims: 1, importance: [1, 1] };
 * const inputs = { shape: 'uniform-positive', density: 0.2 };
 * heldParts({ model, inputs }, Float64Array.of(1, -1, 0.5, 0.25)).bias; // [0.5, 0.25]
 * ```
 */
export function heldParts(
  { model, inputs }: Pick<HoldSpec, 'model' | 'inputs'>,
  parameters: Float64Array,
): TrainedParts {
  if (!isQuadraticModel(model)) return partsOf(model, parameters);
  return quadraticPartsOf(model, resolveInputs(inputs, model.features), parameters);
}
