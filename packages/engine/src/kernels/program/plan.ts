import { featurewiseForm } from '../../models/featurewise-form.ts';
import type { ToyModel } from '../../models/toy-model.ts';
import type { Activity } from './drawing.ts';

/**
 * How a step is computed. `dense`: every input is drawn and multiplied. `compact`: active inputs alone are drawn, by
 * the gaps between them, and inputs without any are left out; what remains is multiplied densely. `sparse`: products
 * follow lists of active inputs, and, where they are few, of outputs that are not clipped. `given`: inputs stand in
 * memory, each with a weight, and are multiplied densely.
 */
export type Plan = 'dense' | 'compact' | 'sparse' | 'given';

/** One 24-bit uniform for mask and value would resolve a smaller density too coarsely. */
const LEAST_DENSE_DENSITY = 1 / 32;

/** From this density on drawing every input costs no more than drawing active ones alone. */
const DENSE_FROM = 0.06;
/** And where one draw finds several active ones: groups that are active together, counts of a copula. */
const DENSE_FROM_TOGETHER = 0.1;

/**
 * The plan that costs least for features of these densities, independent unless `activity` says otherwise. Where plans cross over was measured on Zen 5, with vectors
 * paired; it must not depend on the machine, since plans round differently.
 */
export function choosePlan(
  model: ToyModel,
  densities: readonly number[],
  activity?: Activity,
): Plan {
  const mean = densities.reduce((sum, p) => sum + p, 0) / densities.length;
  if (hasLists(model) && mean <= sparseUpTo(model)) return 'sparse';
  const isFine = Math.min(...densities) >= LEAST_DENSE_DENSITY;
  const isJoint =
    activity?.kind === 'together' || (activity?.kind === 'factor' && activity.counts !== null);
  const from = isJoint ? DENSE_FROM_TOGETHER : DENSE_FROM;
  return mean >= from && isFine ? 'dense' : 'compact';
}

/** The list plan knows scalar computation and plain compression: a linear hidden layer, and targets that are the inputs. */
function hasLists(model: ToyModel): boolean {
  if (model.task === 'computation') return true;
  const { target, hidden, coefficient } = featurewiseForm(model);
  return target === 'linear' && hidden === 'linear' && coefficient === null;
}

/** The density up to which lists pay: the more weights there are, the longer. */
function sparseUpTo({ task, features, dims }: ToyModel): number {
  const weights = features * dims;
  if (task === 'computation') return weights >= 1000 ? 0.12 : weights >= 200 ? 0.08 : 0.015;
  return weights >= 10_000 ? 0.15 : weights >= 1000 ? 0.09 : weights >= 200 ? 0.02 : 0;
}
