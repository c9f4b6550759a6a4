import type { ToyModel } from '../models/toy-model.ts';

/** The tasks of toy models. */
export const tasks: readonly ToyModel['task'][] = [
  'computation',
  'compression',
  'vector-computation',
];
