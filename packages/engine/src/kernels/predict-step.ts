import type { Instance } from './kernel.ts';
import { largeShape } from './large/large-shape.ts';
import { sizedStep, stepCost } from './program/cost-model.ts';
import { operationNames } from './program/operation-names.ts';
import { drawnInputs } from './program/drawing.ts';
import { chooseMethod, supportedMethods } from './program/choose-method.ts';
import type { StepMethod } from './program/method.ts';

/** Predicted cost of a training step with each method that can take it. */
export interface PredictedStep {
  /**
   * The method that a WebAssembly kernel chooses: `large` for large models of sparse features, otherwise the one of least cost.
   */
  readonly method: StepMethod;
  readonly costs: readonly MethodCost[];
}

/** Predicted cost of a training step with a method, on one thread. */
export interface MethodCost {
  readonly method: StepMethod;
  /** The whole step. */
  readonly nanoseconds: number;
  /** Its parts, the most expensive first. */
  readonly parts: readonly CostPart[];
}

/** Part of the cost of a step: all operations of one kind. */
export interface CostPart {
  /** Name of the operation in the cost model. */
  readonly operation: string;
  /** A short description of the operations, such as `dense products`. */
  readonly work: string;
  readonly nanoseconds: number;
}

/**
 * Predicts the time of a training step by the cost model with which the WebAssembly kernels choose their method. It is the
 * time of one thread of an AMD EPYC (Zen 5) with Node 24, whatever the machine: only ratios carry over to other machines.
 *
 * @param instance model, inputs and batch of the step.
 * @returns the chosen method and the costs of all methods, or null if a WebAssembly kernel leaves the sampling of these inputs
 * to TypeScript (rows of data, for example).
 *
 * @example
 * ```js
 * import { resolveInputs } from 'polysem/features';
 * import { predictStep } from 'polysem/kernels';
 * const importance = Array.from({ length: 80 }, () => 1);
 * const model = { task: 'compression', activation: 'relu', features: 80, dims: 20, importance };
 * const inputs = resolveInputs({ shape: 'uniform', density: 0.02, unitVariance: false }, 80);
 * predictStep({ model, inputs, batch: 1024 }).method; // 'gram'
 * ```
 */
export function predictStep(
  instance: Pick<Instance, 'model' | 'inputs' | 'batch'>,
): PredictedStep | null {
  const drawn = drawnInputs(instance);
  if (drawn === null) return null;
  const { model, batch } = instance;
  const densities = drawn.marginals.map(({ density }) => density);
  const step = sizedStep({ model, densities, batch, drawing: drawn.drawing });
  const isLarge = largeShape(instance, drawn, false) !== null;
  const methods = [...supportedMethods(step), ...(isLarge ? (['large'] as const) : [])];
  const costs = methods.map((method): MethodCost => {
    const parts = Array.from(stepCost(step, method), ([operation, nanoseconds]): CostPart => {
      return { operation, work: operationNames[operation], nanoseconds };
    }).toSorted((a, b) => b.nanoseconds - a.nanoseconds);
    const nanoseconds = parts.reduce((sum, part) => sum + part.nanoseconds, 0);
    return { method, nanoseconds, parts };
  });
  return { method: isLarge ? 'large' : chooseMethod(step), costs };
}
