import {
  train,
  version,
  type TrainedStart,
  type TrainingResult,
  type TrainingSpec,
} from '@polysem/core';
import { identity } from './identity.ts';
import { openJournal } from './journal.ts';
import type { RunOptions } from './phase-run.ts';

/**
 * Trains a model, start by start. With a journal, starts finished by an interrupted run of the same spec and version
 * are taken from it, and the result is the same, byte for byte.
 *
 * @throws RangeError if the spec is malformed; Error if every start diverged.
 */
export function runTraining(spec: TrainingSpec, options: RunOptions = {}): TrainingResult {
  const journal =
    options.journal === undefined
      ? null
      : openJournal<TrainedStart>(options.journal, identity({ version, spec }));
  let starts = 0;
  try {
    return train(spec, {
      ...(journal !== null && { finished: journal.done }),
      ...(options.onProgress !== undefined && { onProgress: options.onProgress }),
      onStart: (start, trained) => {
        starts = start + 1;
        if (journal?.done.has(start) === false) {
          journal.add(start, { ...trained, parameters: Array.from(trained.parameters) });
        }
      },
    });
  } finally {
    // Nothing is left to go on with, be it that a result is there or that every start diverged.
    if (starts === spec.restarts) journal?.finish();
  }
}
