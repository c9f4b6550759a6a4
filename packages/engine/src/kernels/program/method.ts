import { featurewiseForm } from '../../models/featurewise-form.ts';
import type { ToyModel } from '../../models/toy-model.ts';
import type { Activity } from './drawing.ts';

/**
 * Method of computing a step.
 * - `dense`: samples every input and uses dense products.
 * - `compact`: samples only active features, by the gaps between them, skips rows without any, and uses dense products.
 * - `sparse`: multiplies by lists of active inputs and, if few outputs are unclipped, by lists of those outputs.
 * - `gram`: adds rows of the Gram matrix W U^T, one per active input, and differentiates by that matrix.
 * - `given`: reads weighted inputs from memory and uses dense products.
 */
export type Method = 'dense' | 'compact' | 'sparse' | 'gram' | 'given';

/** Smallest density for `dense`, where one 24-bit uniform gives mask and value and would resolve less too coarsely. */
const LEAST_DENSE_DENSITY = 1 / 32;

/** Density from which sampling every input costs no more than sampling only active ones. */
const DENSE_FROM = 0.06;
/** The same density where one gap leads to several active features: groups active together, or counts of a copula. */
const DENSE_FROM_TOGETHER = 0.1;

/**
 * Chooses the cheapest method for batches of features of the given densities, which are independent unless `activity` says
 * otherwise. The thresholds were measured on Zen 5 with wide vectors. They must not depend on the machine, since methods
 * round differently.
 */
export function chooseMethod(
  model: ToyModel,
  densities: readonly number[],
  batch: number,
  activity?: Activity,
): Method {
  const mean = densities.reduce((sum, p) => sum + p, 0) / densities.length;
  if (hasLists(model)) {
    if (model.task === 'compression' && mean <= gramUpTo(model, batch)) return 'gram';
    if (mean <= sparseUpTo(model)) return 'sparse';
  }
  const isFine = Math.min(...densities) >= LEAST_DENSE_DENSITY;
  const isJoint =
    activity?.kind === 'together' || (activity?.kind === 'factor' && activity.counts !== null);
  const from = isJoint ? DENSE_FROM_TOGETHER : DENSE_FROM;
  return mean >= from && isFine ? 'dense' : 'compact';
}

/** True if the sparse method supports the model: scalar computation, or compression whose hidden layer and target are linear. */
function hasLists(model: ToyModel): boolean {
  if (model.task === 'computation') return true;
  const { target, hidden, coefficient } = featurewiseForm(model);
  return target === 'linear' && hidden === 'linear' && coefficient === null;
}

/** Density up to which the sparse method is cheapest; it grows with the number of weights. */
function sparseUpTo({ task, features, dims }: ToyModel): number {
  const weights = features * dims;
  if (task === 'computation') return weights >= 1000 ? 0.12 : weights >= 200 ? 0.08 : 0.015;
  return weights >= 10_000 ? 0.15 : weights >= 1000 ? 0.09 : weights >= 200 ? 0.02 : 0;
}

/**
 * Density up to which the Gram form is cheapest, or a negative number. Against lists: pN active inputs and 3 N D / B for the Gram
 * matrix and its gradients take the place of D dimensions. Against dense products: it grows with N.
 */
function gramUpTo({ features, dims }: ToyModel, batch: number): number {
  if (features < 16) return -1;
  const lists = (0.8 * dims - (3 * features * dims) / batch) / features;
  return Math.min(lists, 0.04 + features / 1600);
}
