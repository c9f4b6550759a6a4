import type { OperationCounts } from './cost-constants.ts';
import type { Drawing } from './drawing.ts';
import type { Sizes } from './product-counts.ts';
import { isCurved } from './sampling-counts.ts';
import type { StepWork } from './step-work.ts';

/** Gaps per active input where densities differ: those of a class differ by a factor of up to 2. */
const GAPS_PER_ACTIVE = 1.4;

/** Operations of sampling active inputs by classes of similar density. */
export function sampleLarge({ activity, values }: Drawing, { active }: StepWork): OperationCounts {
  const isMixed = activity.kind === 'independent' && activity.isMixed;
  return {
    gap: active * (isMixed ? GAPS_PER_ACTIVE : 1),
    curvedValue: isCurved(values) ? active : 0,
  };
}

/** Operations of a large model: panels of rows share a pass over the weights. */
export function largeCounts(
  { features, dims, paddedDims }: Sizes,
  { batch, active, unclipped }: StepWork,
): OperationCounts {
  return {
    panelMultiplyAdd: batch * features * dims,
    panelListMultiplyAdd: 2 * (active + unclipped) * paddedDims,
  };
}
