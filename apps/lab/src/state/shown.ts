import type { LabResult } from '../workers/messages.ts';
import type { Snapshot } from '../workers/snapshot.ts';

/** A network if it has the state's numbers of features and dimensions; otherwise it is that of an earlier state, and null. */
export function ofSize(
  snapshot: Snapshot | null,
  { features, dims }: { readonly features: number; readonly dims: number },
): Snapshot | null {
  return snapshot?.features === features && snapshot.dims === dims ? snapshot : null;
}

/**
 * The network that is shown of a training: the recorded state at a step, or else its end.
 *
 * @param result the training; null while it runs.
 * @param step the step that is asked for; null for the end.
 * @param frame the last picture of the running training.
 */
export function shownOf(
  result: LabResult | null,
  step: number | null,
  frame: Snapshot | null,
): Snapshot | null {
  if (result === null) return frame;
  if (step !== null) {
    const until = result.history.findLast((point) => point.step <= step);
    if (until !== undefined) return until;
  }
  return result.end ?? frame;
}
