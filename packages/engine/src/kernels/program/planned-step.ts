import type { ToyModel } from '../../models/toy-model.ts';
import type { Drawing } from './drawing.ts';

/** A training step whose cost is predicted. */
export interface PlannedStep {
  readonly model: ToyModel;
  /** P(active) of each feature. */
  readonly densities: readonly number[];
  readonly batch: number;
  readonly drawing: Drawing;
}
