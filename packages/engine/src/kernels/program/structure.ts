import type { Activation } from '../../activations/registry.ts';
import { featurewiseForm } from '../../models/featurewise-form.ts';
import { parameterLayout, type ParameterLayout } from '../../models/parameters.ts';
import type { ToyModel } from '../../models/toy-model.ts';
import type { Instance } from '../kernel.ts';
import { wideVectors } from '@polysem/numerics/wasm';
import type { DrawnInputs, Drawing } from './drawing.ts';
import { choosePlan, type Plan } from './plan.ts';

/** All that the code of a kernel depends on; importances, densities, rates and seeds are data to it. */
export interface Structure {
  readonly task: 'computation' | 'featurewise';
  /** Of one output a feature, the activation on it; else that of target and network alike. */
  readonly activation: Activation;
  /** Featurewise: what is to be computed of each feature, and the activation of the hidden layer. */
  readonly target: Activation;
  readonly hiddenActivation: Activation;
  /** Featurewise: targets have coefficients. */
  readonly hasCoefficients: boolean;
  readonly features: number;
  readonly dims: number;
  /** The read-out is W itself; false for computation models, which have none. */
  readonly isTied: boolean;
  readonly hasFreeOutputs: boolean;
  /** How inputs are drawn; null where they are given. */
  readonly drawing: Drawing | null;
  readonly plan: Plan;
  readonly isFused: boolean;
  /** The engine pairs vectors: tiles may be twice as large. Of no consequence for results. */
  readonly isWide: boolean;
  readonly parameters: ParameterLayout;
}

/** The structure of an instance, computed by the plan that costs least unless one is given. @throws RangeError if the model is malformed. */
export function structureOf(
  { model }: Instance,
  { drawing, marginals }: DrawnInputs,
  isFused: boolean,
  plan?: Plan,
): Structure {
  const densities = marginals.map((one) => one.density);
  return {
    ...modelStructure(model),
    drawing,
    plan: plan ?? choosePlan(model, densities, drawing.activity),
    isFused,
  };
}

/** The structure of a model on inputs that are given. @throws RangeError if the model is malformed. */
export function structureOnGiven(model: ToyModel, isFused: boolean): Structure {
  return { ...modelStructure(model), drawing: null, plan: 'given', isFused };
}

function modelStructure(model: ToyModel): Omit<Structure, 'drawing' | 'plan' | 'isFused'> {
  const parameters = parameterLayout(model);
  const { activation, features, dims } = model;
  const sizes = { features, dims, parameters, isWide: wideVectors() };
  if (model.task === 'computation') {
    return {
      ...sizes,
      task: 'computation',
      activation,
      target: activation,
      hiddenActivation: activation,
      hasCoefficients: false,
      isTied: false,
      hasFreeOutputs: model.outputWeights === 'free',
    };
  }
  const form = featurewiseForm(model);
  return {
    ...sizes,
    task: 'featurewise',
    activation,
    target: form.target,
    hiddenActivation: form.hidden,
    hasCoefficients: form.coefficient !== null,
    isTied: form.isTied,
    hasFreeOutputs: false,
  };
}
