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

/** Cost of an operation of a training step. */
interface OperationCost {
  /** Nanoseconds per operation, on one thread. */
  readonly nanoseconds: number;
  /** A short description of the operations, such as `dense products`. */
  readonly work: string;
}

/**
 * Operations of a training step; `cost-model.ts` counts them. The costs were fitted by `bench/training/fit-cost.mjs` to the
 * processor time of steps of models from 2 -> 1 to 4000 -> 200 (`bench/training/method-times.json`): Node 24 with wide vectors on an AMD EPYC (Zen 5),
 * least squares of relative errors with no negative cost, the least of two series of medians. They are the same on every machine.
 */
export const operations: Readonly<Record<Operation, OperationCost>> = {
  step: { nanoseconds: 500, work: 'start of a step' },
  parameter: { nanoseconds: 3.55, work: 'optimiser' },
  sampledInput: { nanoseconds: 0.132, work: 'uniform numbers' },
  thresholdedInput: { nanoseconds: 0.622, work: 'activity under a copula' },
  conditionalInput: { nanoseconds: 1.08, work: 'probabilities given the common factor' },
  collectedInput: { nanoseconds: 0.329, work: 'bit masks of active inputs' },
  sampledNormal: { nanoseconds: 1.18, work: 'normal numbers' },
  gap: { nanoseconds: 7.14, work: 'gaps between active inputs' },
  memberOfRow: { nanoseconds: 1.47, work: 'active inputs of a group or row' },
  shuffledInput: { nanoseconds: 5.06, work: 'shuffles of active inputs' },
  curvedValue: { nanoseconds: 3.06, work: 'values of a distribution that is not uniform' },
  denseOutput: { nanoseconds: 0.397, work: 'outputs' },
  denseMultiplyAdd: { nanoseconds: 0.0194, work: 'dense products' },
  farMultiplyAdd: { nanoseconds: 0.0108, work: 'products beyond the cache' },
  foldedWeight: { nanoseconds: 1.47, work: 'gradient sums per panel' },
  smoothValue: { nanoseconds: 1.57, work: 'polynomials of activations' },
  smoothListed: { nanoseconds: 2.32, work: 'polynomials of activations' },
  listEntry: { nanoseconds: 0.703, work: 'lists of active inputs' },
  listRow: { nanoseconds: 9.13, work: 'rows' },
  listMultiplyAdd: { nanoseconds: 0.0569, work: 'products with list entries' },
  farListMultiplyAdd: { nanoseconds: 0.0683, work: 'list products beyond the cache' },
  broadcastMultiplyAdd: { nanoseconds: 0.0225, work: 'products of padded rows' },
  tileMultiplyAdd: { nanoseconds: 0.0237, work: 'decoding' },
  farTileMultiplyAdd: { nanoseconds: 0.0117, work: 'decoding beyond the cache' },
  streamedMultiplyAdd: { nanoseconds: 0.0477, work: 'decoding by weights from memory' },
  checkedOutput: { nanoseconds: 0.478, work: 'comparisons of outputs with 0' },
  unclippedOutput: { nanoseconds: 9.47, work: 'lists of unclipped outputs' },
  allOutputs: { nanoseconds: 1.05, work: 'outputs' },
  neuron: { nanoseconds: 0.234, work: 'neurons and targets' },
  gramMultiplyAdd: { nanoseconds: 0.102, work: 'sums of Gram rows' },
  farGramMultiplyAdd: { nanoseconds: 0.0722, work: 'Gram rows beyond the cache' },
  gramOutput: { nanoseconds: 0.498, work: 'outputs' },
  panelMultiplyAdd: { nanoseconds: 0.0463, work: 'decoding in large panels' },
  panelListMultiplyAdd: { nanoseconds: 0.181, work: 'products with lists by feature' },
};
