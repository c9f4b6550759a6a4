import type { FeatureInputs } from '../features/correlation.ts';
import { drawRows, type GivenRows } from '../features/given-rows.ts';
import { sampleInputs } from '../features/sample-inputs.ts';
import type { SparseBatch } from '../features/sparse.ts';
import { split, type Generator } from '../random/generator.ts';
import type { Instance } from './kernel.ts';

/** The batch of a step, drawn in float64. */
export function drawBatch(
  { inputs, model, batch }: Instance,
  stream: Generator,
  step: number,
): SparseBatch {
  const g = split(stream, step);
  return isGivenRows(inputs)
    ? drawRows(inputs, batch, g)
    : sampleInputs(inputs, model.features, batch, g);
}

/** Whether an instance is trained on rows of given data. */
export function isGivenRows(inputs: FeatureInputs | GivenRows): inputs is GivenRows {
  return 'kind' in inputs && inputs.kind === 'rows';
}
