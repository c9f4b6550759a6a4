/**
 * Phase diagrams: grids of any model over two parameters, boundaries, contours, named phases; loss
 * against the capacity of one feature.
 *
 * @module
 */
export { gridParameters } from '../names/grid-parameters.ts';
export { defaultGridTraining } from '../names/grid-training.ts';
export { boundaries, type Boundary } from './boundaries.ts';
export { contourLines, type GridPoint } from './contours.ts';
export { type Crossing, firstRise, lastRise } from './crossings.ts';
export { geometryLabels } from './geometry-labels.ts';
export {
  type Architecture,
  DISAGREEMENT,
  type GridAxis,
  gridCell,
  type GridSpec,
} from './grid-spec.ts';
export { type HoldCurve, trainHoldCurve } from './hold-curve.ts';
export { holdPoint, type HeldPoint, type HoldSpec, type HoldTask } from './hold-point.ts';
export {
  FULL_ABOVE,
  IGNORED_BELOW,
  phaseAreas,
  type PhaseName,
  phaseNameOf,
  PLATEAU,
} from './named-phases.ts';
export { type GridPlan, planGrid, type PlannedCell } from './plan-grid.ts';
export { type PhasePlan, type PhaseTask, planPhase } from './plan-phase.ts';
export { phaseRow, type PhaseRow } from './phase-row.ts';
export { axisValues, defaultCellTraining, type LogAxis, type PhaseSpec } from './phase-spec.ts';
export {
  type Figure7Panel,
  figure7Panels,
  isOfPanel,
  measuredDensities,
  publishedCrossings,
  type PublishedValue,
} from './published.ts';
export { refine, type RefinedStep } from './refine.ts';
export { computeRow, isRowTask, type RowTasks } from './row-tasks.ts';
export { roughness, type Roughness } from './roughness.ts';
export { type GridDiagram, trainGrid } from './train-grid.ts';
export {
  heldCapacities,
  heldParts,
  type HeldTraining,
  startsBeside,
  trainHeld,
} from './train-held.ts';
export { trainRow, type RowTask, type TrainedRow } from './train-row.ts';
