import type { Activation } from '../../activations/registry.ts';
import { featurewiseForm } from '../../models/featurewise-form.ts';
import { parameterLayout, type ParameterLayout } from '../../models/parameters.ts';
import type { ToyModel } from '../../models/toy-model.ts';
import type { Instance } from '../kernel.ts';
import { wideVectors } from '@polysem/numerics/wasm';
import type { DrawnInputs, Drawing } from './drawing.ts';
import { chooseMethod } from './choose-method.ts';
import type { Method } from './method.ts';

/** Everything that generated code depends on. Importances, densities, learning rates and seeds are data for the code. */
export interface Structure {
  readonly task: 'computation' | 'featurewise';
  /** Featurewise: activation of the outputs. Scalar computation: activation of both target and network. */
  readonly activation: Activation;
  /** Featurewise: function of each feature to be computed, and activation of the hidden layer. */
  readonly target: Activation;
  readonly hiddenActivation: Activation;
  /** Featurewise: true if targets have coefficients. */
  readonly hasCoefficients: boolean;
  readonly features: number;
  readonly dims: number;
  /** True if the read-out is W itself. False for scalar computation, which has no read-out. */
  readonly isTied: boolean;
  readonly hasFreeOutputs: boolean;
  /** Sampling of the inputs; null for given inputs. */
  readonly drawing: Drawing | null;
  readonly method: Method;
  readonly isFused: boolean;
  /** True if V8 pairs vectors to wide vectors, so that tiles are twice as large. Does not change results. */
  readonly isWide: boolean;
  readonly parameters: ParameterLayout;
}

/**
 * Determines the structure of an instance, with the cheapest method unless one is given.
 *
 * @throws RangeError if the model is malformed.
 */
export function structureOf(
  { model, batch }: Instance,
  { drawing, marginals }: DrawnInputs,
  isFused: boolean,
  method?: Method,
): Structure {
  const densities = marginals.map((one) => one.density);
  return {
    ...modelStructure(model),
    drawing,
    method: method ?? chooseMethod({ model, densities, batch, drawing }),
    isFused,
  };
}

/** Determines the structure of a model on given inputs. @throws RangeError if the model is malformed. */
export function structureOnGiven(model: ToyModel, isFused: boolean): Structure {
  return { ...modelStructure(model), drawing: null, method: 'given', isFused };
}

function modelStructure(model: ToyModel): Omit<Structure, 'drawing' | 'method' | 'isFused'> {
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
