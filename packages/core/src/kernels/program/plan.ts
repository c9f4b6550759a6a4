import type { ToyModel } from '../../models/toy-model.ts';

/**
 * How a step is computed. `dense`: every input is drawn and multiplied. `compact`: active inputs alone are drawn, by
 * the gaps between them, and inputs without any are left out; what remains is multiplied densely. `sparse`: products
 * follow lists of active inputs, and of outputs that are not clipped.
 */
export type Plan = 'dense' | 'compact' | 'sparse';

/** One 24-bit uniform for mask and value would resolve a smaller density too coarsely. */
const LEAST_DENSE_DENSITY = 1 / 32;

/**
 * The plan that costs least for features of these densities. Where plans cross over was measured on Zen 5, with vectors
 * paired; it must not depend on the machine, since plans round differently.
 */
export function choosePlan(model: ToyModel, densities: readonly number[]): Plan {
  const mean = densities.reduce((sum, p) => sum + p, 0) / densities.length;
  const weights = model.features * model.dims;
  const hasSparseOutputs = model.task === 'computation' || model.activation === 'relu';
  const sparseUpTo = !hasSparseOutputs ? 0 : weights >= 1000 ? 0.1 : weights >= 200 ? 0.05 : 0.03;
  if (mean <= sparseUpTo) return 'sparse';
  return mean >= 0.07 && Math.min(...densities) >= LEAST_DENSE_DENSITY ? 'dense' : 'compact';
}
