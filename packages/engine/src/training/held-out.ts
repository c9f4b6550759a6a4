import { selectRows, type SparseBatch, type WeightedBatch } from '@polysem/core/features';
import type { Generator } from '@polysem/numerics/random';
import type { Instance, Kernel } from '../kernels/kernel.ts';
import { drawSample, type FixedLoss } from './fixed-loss.ts';
import { groupsOfRows, standardErrorOf } from './standard-error.ts';

/** Held-out batches 0 .. batches - 1 of a stream, for training on fresh batches. */
export interface HeldOutBatches {
  readonly kind: 'batches';
  readonly stream: Generator;
  readonly batches: number;
}

/** A held-out sample, for training on a fixed loss. Its number of rows is a multiple of 64. */
export type HeldOutSample = Extract<FixedLoss, { kind: 'sample' }>;

/** A held-out loss with its standard error; null if that is unknown. */
export interface HeldOutLoss {
  readonly loss: number;
  readonly error: number | null;
}

/** The mean loss of an instance over held-out batches. */
export function batchesLoss(
  kernel: Kernel,
  instance: Instance,
  { stream, batches }: HeldOutBatches,
  parameters: ArrayLike<number>,
): HeldOutLoss {
  const each = new Float64Array(batches);
  const loss = kernel.evaluate(instance, parameters, stream, batches, each);
  return { loss, error: standardErrorOf(each) };
}

/** A drawn sample: groups of rows of equal weight, or one weighted batch. */
type Drawn = readonly (SparseBatch | WeightedBatch)[];

const drawn = new WeakMap<HeldOutSample, Drawn>();

/** The mean loss over a held-out sample, which each thread draws once. */
export function sampleLoss(
  kernel: Kernel,
  sample: HeldOutSample,
  parameters: ArrayLike<number>,
): HeldOutLoss {
  const parts = drawn.get(sample) ?? draw(sample);
  drawn.set(sample, parts);
  const at = Float64Array.from(parameters);
  const gradient = new Float64Array(at.length);
  const means = parts.map((part) => kernel.given(sample.model, part).evaluate(at, gradient));
  const loss = means.reduce((sum, mean) => sum + mean, 0) / means.length;
  // The rows of a stratified sample are not independent.
  return { loss, error: sample.sampling === 'strata' ? null : standardErrorOf(means) };
}

function draw(sample: HeldOutSample): Drawn {
  const all = drawSample(sample);
  if (sample.sampling === 'strata') return [all];
  return groupsOfRows(all.rows).map((rows) => selectRows(all, rows));
}
