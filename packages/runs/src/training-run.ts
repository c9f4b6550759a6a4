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
  const result = train(spec, {
    ...(journal !== null && { finished: journal.done }),
    ...(options.onProgress !== undefined && { onProgress: options.onProgress }),
    onStart: (start, trained) => {
      if (journal?.done.has(start) === false)
        journal.add(start, { ...trained, parameters: Array.from(trained.parameters) });
    },
  });
  journal?.finish();
  return result;
}
