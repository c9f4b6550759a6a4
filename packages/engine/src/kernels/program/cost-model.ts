import { nanosecondsOf, type Operation, type OperationCounts } from './cost-constants.ts';
import { largeCounts, sampleLarge } from './large-counts.ts';
import type { StepMethod } from './method.ts';
import { PANEL_ROWS } from './panel.ts';
import type { PlannedStep } from './planned-step.ts';
import {
  denseCounts,
  gramCounts,
  listNeurons,
  listOutputs,
  sizesOf,
  type Sizes,
} from './product-counts.ts';
import { sampleActive, sampleAll } from './sampling-counts.ts';
import { stepWork, type StepWork } from './step-work.ts';

/** A step with the sizes that its costs depend on, which all methods share. */
export interface SizedStep extends PlannedStep {
  readonly sizes: Sizes;
  readonly work: StepWork;
}

/** Computes the sizes of a step. */
export function sizedStep(step: PlannedStep): SizedStep {
  const { model, densities, batch, drawing } = step;
  const work = stepWork(densities, model.dims, batch, drawing.activity);
  return { ...step, sizes: sizesOf(model), work };
}

/** Numbers of operations of a step with a method that supports the model. */
export function operationCounts(step: SizedStep, method: StepMethod): OperationCounts {
  const sums: Partial<Record<Operation, number>> = {};
  for (const own of countsOfParts(step, method))
    for (const operation of operationsOf(own))
      sums[operation] = (sums[operation] ?? 0) + (own[operation] ?? 0);
  return sums;
}

/** The same for fixed work, sampling and products, which may share operations. */
function countsOfParts(step: SizedStep, method: StepMethod): OperationCounts[] {
  const fixed = { step: 1, parameter: step.sizes.parameters };
  return [fixed, samplingCounts(step, method), productCounts(step, method)];
}

function samplingCounts(step: SizedStep, method: StepMethod): OperationCounts {
  if (method === 'large') return sampleLarge(step.drawing, step.work);
  return method === 'dense' ? sampleAll(step) : sampleActive(step, step.work);
}

function productCounts({ model, sizes, work }: SizedStep, method: StepMethod): OperationCounts {
  switch (method) {
    case 'dense':
      return denseCounts(sizes, work.batch, Math.ceil(work.batch / PANEL_ROWS));
    case 'compact':
      // The last panel is not full.
      return denseCounts(sizes, work.rows, 1 + work.rows / PANEL_ROWS);
    case 'sparse':
      return (model.task === 'computation' ? listNeurons : listOutputs)(sizes, work);
    case 'gram':
      return gramCounts(sizes, work);
    case 'large':
      return largeCounts(sizes, work);
  }
}

function operationsOf(counts: OperationCounts): Operation[] {
  return Object.keys(counts) as Operation[];
}

/** Predicted nanoseconds of each operation of a step with a method, on one thread. */
export function stepCost(step: SizedStep, method: StepMethod): Map<Operation, number> {
  const counts = operationCounts(step, method);
  const costs = operationsOf(counts).map(
    (operation) => [operation, (counts[operation] ?? 0) * nanosecondsOf[operation]] as const,
  );
  return new Map(costs.filter(([, cost]) => cost > 0));
}

/** Predicted nanoseconds of a step with a method, on one thread. */
export function totalCost(step: SizedStep, method: StepMethod): number {
  let sum = 0;
  for (const own of countsOfParts(step, method))
    for (const operation of operationsOf(own))
      sum += (own[operation] ?? 0) * nanosecondsOf[operation];
  return sum;
}
