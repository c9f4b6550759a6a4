import { drawInputs, type SparseBatch } from '@polysem/core/features';
import { childGenerator, type Generator } from '@polysem/numerics/random';
import type { Instance } from './kernel.ts';

/** Samples the batch of a step in float64. */
export function drawBatch(
  { inputs, batch }: Instance,
  stream: Generator,
  step: number,
): SparseBatch {
  return drawInputs(childGenerator(stream, step), inputs, batch);
}
