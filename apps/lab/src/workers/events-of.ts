import type { Embedding } from '@polysem/core/embedding';
import { dynamics, type Checkpoint } from '@polysem/core/geometry';
import type { LabEvent } from './messages.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Changes of the blocks through a training.
 *
 * @param steps number of steps of the training.
 * @param points the weights at the recorded steps.
 * @param history what was measured there.
 */
export function eventsOf(
  steps: number,
  points: readonly { readonly embedding: Embedding }[],
  history: readonly Snapshot[],
): LabEvent[] {
  if (history.length < 3) return [];
  const checkpoints = history.map(({ step, loss, blocks }, i): Checkpoint => ({
    step,
    loss,
    embedding: points[i].embedding,
    blocks: blocks.map(({ features }) => features.toSorted((a, b) => a - b)),
  }));
  const settled = dynamics(checkpoints, { persistence: 2, integerTolerance: 0.1 });
  return settled.events
    .filter(({ step }) => step > 0 && step <= steps)
    .map(({ step, kind, from, into }) => ({ step, kind, from, into }));
}
