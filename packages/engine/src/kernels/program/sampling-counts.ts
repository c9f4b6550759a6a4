import type { ValueDistribution } from '@polysem/core/features';
import type { OperationCounts } from './cost-constants.ts';
import type { Drawing } from './drawing.ts';
import { linearLanes } from './lane-values.ts';
import type { PlannedStep } from './planned-step.ts';
import type { StepWork } from './step-work.ts';

/** True if values are computed by polynomials from uniform numbers. */
export function isCurved(values: ValueDistribution): boolean {
  return linearLanes(values) === null && values.shape !== 'rademacher';
}

/** Operations of sampling all inputs. */
export function sampleAll({ densities, batch, drawing }: PlannedStep): OperationCounts {
  const features = densities.length;
  const { activity, values } = drawing;
  const cells = batch * features;
  const curved = isCurved(values) ? cells : 0;
  switch (activity.kind) {
    case 'independent':
      return { sampledInput: cells, curvedValue: curved };
    case 'together':
      return { sampledInput: batch * activity.groups + cells, curvedValue: curved };
    case 'one-of':
      return {
        sampledInput: 2 * batch * activity.groups,
        curvedValue: isCurved(values) ? batch * activity.groups : 0,
      };
    default:
      return {
        ...sampleCopula(features, batch, drawing),
        sampledInput: cells,
        curvedValue: curved,
      };
  }
}

/** Operations of sampling which features are active under a copula. */
function sampleCopula(features: number, batch: number, { activity }: Drawing): OperationCounts {
  const cells = batch * features;
  if (activity.kind === 'matrix') {
    const { rank } = activity;
    return {
      sampledNormal: batch * rank,
      thresholdedInput: cells,
      denseMultiplyAdd: (cells * rank) / 2,
    };
  }
  const isAlike = activity.kind === 'factor' && activity.isAlike;
  return { sampledNormal: batch, thresholdedInput: cells, conditionalInput: isAlike ? 0 : cells };
}

/** Operations of sampling active inputs only. */
export function sampleActive(
  { densities, batch, drawing }: PlannedStep,
  { active, rows, gaps }: StepWork,
): OperationCounts {
  const { activity, values } = drawing;
  const curved = isCurved(values) ? active : 0;
  switch (activity.kind) {
    case 'independent':
    case 'one-of':
      return { gap: gaps, curvedValue: curved };
    case 'together':
      return { gap: gaps, memberOfRow: active, curvedValue: curved };
    case 'factor':
      if (activity.counts !== null)
        return { gap: rows, shuffledInput: active, curvedValue: curved };
  }
  const copula = sampleCopula(densities.length, batch, drawing);
  const collectedInput = batch * densities.length;
  return { ...copula, collectedInput, memberOfRow: active, curvedValue: curved };
}
