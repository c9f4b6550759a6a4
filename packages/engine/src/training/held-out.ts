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

/** Multiplications of held-out batches that are evaluated at once: about a tenth of a second with a fast kernel. */
const AT_ONCE: number = 2 ** 31;

/**
 * Evaluates held-out batches: all of a small model, some of a large one.
 *
 * @param losses the losses of the batches so far, to which those of the next are added.
 * @returns the mean loss over all batches; null if some are left.
 */
export function batchesLoss(
  kernel: Kernel,
  { instance, heldOut }: { readonly instance: Instance; readonly heldOut: HeldOutBatches },
  parameters: ArrayLike<number>,
  losses: number[],
): HeldOutLoss | null {
  const { stream, batches } = heldOut;
  const { model, batch } = instance;
  const most = Math.max(1, Math.floor(AT_ONCE / (batch * model.features * model.dims)));
  const range = { first: losses.length, count: Math.min(most, batches - losses.length) };
  const each = new Float64Array(range.count);
  const mean = kernel.evaluate(instance, parameters, stream, range, each);
  losses.push(...each);
  // A mean that is not finite stays so.
  if (losses.length < batches && Number.isFinite(mean)) return null;
  const isWhole = range.count === batches || !Number.isFinite(mean);
  const loss = isWhole ? mean : losses.reduce((sum, one) => sum + one, 0) / batches;
  return { loss, error: standardErrorOf(losses) };
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
