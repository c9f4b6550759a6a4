/** An operation of a training step whose number the cost model counts. */
export type Operation =
  | 'step'
  | 'parameter'
  | 'sampledInput'
  | 'thresholdedInput'
  | 'conditionalInput'
  | 'collectedInput'
  | 'sampledNormal'
  | 'gap'
  | 'memberOfRow'
  | 'shuffledInput'
  | 'curvedValue'
  | 'denseOutput'
  | 'denseMultiplyAdd'
  | 'farMultiplyAdd'
  | 'foldedWeight'
  | 'smoothValue'
  | 'smoothListed'
  | 'listEntry'
  | 'listRow'
  | 'listMultiplyAdd'
  | 'farListMultiplyAdd'
  | 'broadcastMultiplyAdd'
  | 'tileMultiplyAdd'
  | 'farTileMultiplyAdd'
  | 'streamedMultiplyAdd'
  | 'checkedOutput'
  | 'unclippedOutput'
  | 'allOutputs'
  | 'neuron'
  | 'gramMultiplyAdd'
  | 'farGramMultiplyAdd'
  | 'gramOutput'
  | 'panelMultiplyAdd'
  | 'panelListMultiplyAdd';

/** Numbers of operations of a step, or of a part of it. */
export type OperationCounts = Readonly<Partial<Record<Operation, number>>>;

/**
 * Nanoseconds per operation of a training step, on one thread; `cost-model.ts` counts the operations. They were fitted by
 * `bench/training/fit-cost.mjs` to the processor time of steps of models from 2 -> 1 to 4000 -> 200
 * (`bench/training/method-times.json`): Node 24 with wide vectors on an AMD EPYC (Zen 3), least squares of relative errors with no
 * negative cost. They are the same on every machine.
 */
export const nanosecondsOf: Readonly<Record<Operation, number>> = {
  step: 454,
  parameter: 4.09,
  sampledInput: 0.143,
  thresholdedInput: 0.667,
  conditionalInput: 1.12,
  collectedInput: 0.141,
  sampledNormal: 0.971,
  gap: 5.12,
  memberOfRow: 2,
  shuffledInput: 6.39,
  curvedValue: 2.96,
  denseOutput: 0.231,
  denseMultiplyAdd: 0.0205,
  farMultiplyAdd: 0.00623,
  foldedWeight: 2.77,
  smoothValue: 1.08,
  smoothListed: 1.66,
  listEntry: 2.45,
  listRow: 7.46,
  listMultiplyAdd: 0.0374,
  farListMultiplyAdd: 0.0765,
  broadcastMultiplyAdd: 0.0221,
  tileMultiplyAdd: 0.0171,
  farTileMultiplyAdd: 0.0115,
  streamedMultiplyAdd: 0.0468,
  checkedOutput: 0.633,
  unclippedOutput: 7.37,
  allOutputs: 0.733,
  neuron: 0.0959,
  gramMultiplyAdd: 0.0851,
  farGramMultiplyAdd: 0.0557,
  gramOutput: 0.303,
  panelMultiplyAdd: 0.047,
  panelListMultiplyAdd: 0.0402,
};
