import { featurewiseForm } from '../../models/featurewise-form.ts';
import type { ToyModel } from '../../models/toy-model.ts';
import { sizedStep, totalCost } from './cost-model.ts';
import type { SampledMethod } from './method.ts';
import type { PlannedStep } from './planned-step.ts';

/** The methods that sample their inputs. Of equally cheap ones the first is chosen. */
const sampledMethods: readonly SampledMethod[] = ['dense', 'compact', 'sparse', 'gram'];

/** Smallest density for `dense`, where one 24-bit uniform gives mask and value and would resolve less too coarsely. */
const LEAST_DENSE_DENSITY = 1 / 32;

/** Largest number of features for `gram`, which stores two matrices of features x features: 32 MiB. */
const MOST_GRAM_FEATURES = 2048;

/**
 * Chooses the method of least predicted cost. The prediction must not depend on the machine, since methods round differently.
 */
export function chooseMethod(planned: PlannedStep): SampledMethod {
  const methods = supportedMethods(planned);
  if (methods.length === 1) return methods[0];
  const step = sizedStep(planned);
  let [chosen, least] = [methods[0], Infinity];
  for (const method of methods) {
    const cost = totalCost(step, method);
    if (cost < least) [chosen, least] = [method, cost];
  }
  return chosen;
}

/** Methods that can compute a step. */
export function supportedMethods({ model, densities }: PlannedStep): SampledMethod[] {
  const isFine = densities.every((p) => p >= LEAST_DENSE_DENSITY);
  const hasLists = isListed(model);
  const isSupported: Readonly<Record<SampledMethod, boolean>> = {
    dense: isFine,
    compact: true,
    sparse: hasLists,
    gram: hasLists && model.task !== 'computation' && model.features <= MOST_GRAM_FEATURES,
  };
  return sampledMethods.filter((method) => isSupported[method]);
}

/** True if the methods with lists support the model: scalar computation, or compression with linear hidden layer and target. */
function isListed(model: ToyModel): boolean {
  if (model.task === 'computation') return true;
  const { target, hidden, coefficient } = featurewiseForm(model);
  return target === 'linear' && hidden === 'linear' && coefficient === null;
}
