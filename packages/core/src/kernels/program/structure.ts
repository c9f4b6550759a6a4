import type { FeatureDistribution } from '../../features/distribution.ts';
import { defaultDegreesOfFreedom, type FeatureShape } from '../../features/shapes.ts';
import type { Activation } from '../../models/activation.ts';
import { parameterLayout, type ParameterLayout } from '../../models/parameters.ts';
import type { Instance } from '../kernel.ts';
import { wideVectors } from '../wasm/wide-vectors.ts';
import { choosePlan, type Plan } from './plan.ts';

/** All that the code of a kernel depends on; importances, densities, rates and seeds are data to it. */
export interface Structure {
  readonly task: 'computation' | 'compression';
  readonly activation: Activation;
  readonly features: number;
  readonly dims: number;
  /** The read-out is W itself; false for computation models, which have none. */
  readonly isTied: boolean;
  readonly hasFreeOutputs: boolean;
  readonly shape: FeatureShape;
  readonly degreesOfFreedom: number;
  /** Features have different densities. */
  readonly isMixed: boolean;
  readonly plan: Plan;
  readonly isFused: boolean;
  /** The engine pairs vectors: tiles may be twice as large. Of no consequence for results. */
  readonly isWide: boolean;
  readonly parameters: ParameterLayout;
}

/** Each feature's distribution. */
export function featureInputs({ inputs, model }: Instance): readonly FeatureDistribution[] {
  return isList(inputs) ? inputs : Array.from({ length: model.features }, () => inputs);
}

// Array.isArray does not narrow a readonly list.
function isList(
  inputs: FeatureDistribution | readonly FeatureDistribution[],
): inputs is readonly FeatureDistribution[] {
  return Array.isArray(inputs);
}

/**
 * The structure of an instance, computed by the plan that costs least unless one is given.
 *
 * @throws RangeError if the model is malformed, or features differ in shape.
 */
export function structureOf(instance: Instance, isFused: boolean, plan?: Plan): Structure {
  const { model } = instance;
  const inputs = featureInputs(instance);
  const [{ shape, degreesOfFreedom = defaultDegreesOfFreedom, density }] = inputs;
  const other = inputs.find(
    (one) =>
      one.shape !== shape || (one.degreesOfFreedom ?? defaultDegreesOfFreedom) !== degreesOfFreedom,
  );
  if (other !== undefined) {
    throw new RangeError(
      `inputs: all features must have one shape, got ${shape} and ${other.shape}; only density and scale may differ`,
    );
  }
  return {
    task: model.task,
    activation: model.activation,
    features: model.features,
    dims: model.dims,
    isTied: model.task === 'compression' && model.tied !== false,
    hasFreeOutputs: model.task === 'computation' && model.outputWeights === 'free',
    shape,
    degreesOfFreedom,
    isMixed: inputs.some((one) => one.density !== density),
    plan:
      plan ??
      choosePlan(
        model,
        inputs.map((one) => one.density),
      ),
    isFused,
    isWide: wideVectors(),
    parameters: parameterLayout(model),
  };
}
