import type { FeatureInputs } from '@polysem/core/features';
import { drawRows, type GivenRows } from '@polysem/core/features';
import { sampleInputs } from '@polysem/core/features';
import type { SparseBatch } from '@polysem/core/features';
import { childGenerator, type Generator } from '@polysem/numerics/random';
import type { Instance } from './kernel.ts';

/** The batch of a step, drawn in float64. */
export function drawBatch(
  { inputs, model, batch }: Instance,
  stream: Generator,
  step: number,
): SparseBatch {
  const g = childGenerator(stream, step);
  return isGivenRows(inputs)
    ? drawRows(g, inputs, batch)
    : sampleInputs(g, inputs, model.features, batch);
}

/** Whether an instance is trained on rows of given data. */
export function isGivenRows(inputs: FeatureInputs | GivenRows): inputs is GivenRows {
  return 'kind' in inputs && inputs.kind === 'rows';
}
