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
  | 'checkedOutput'
  | 'unclippedOutput'
  | 'allOutputs'
  | 'neuron'
  | 'gramMultiplyAdd'
  | 'farGramMultiplyAdd'
  | 'gramOutput';

/** Numbers of operations of a step, or of a part of it. */
export type OperationCounts = Readonly<Partial<Record<Operation, number>>>;

/** Cost of an operation of a training step. */
interface OperationCost {
  /** Nanoseconds per operation, on one thread. */
  readonly nanoseconds: number;
  /** What all these operations do together. */
  readonly work: string;
}

/**
 * Operations of a training step; `cost-model.ts` counts them. The costs were fitted by `bench/training/fit-cost.mjs` to the processor time of steps of
 * models from 2 -> 1 to 4000 -> 200 (`bench/training/method-times.json`): Node 24 with wide vectors on an AMD EPYC (Zen 5),
 * least squares of relative errors with no negative cost. They are the same on every machine.
 */
export const operations: Readonly<Record<Operation, OperationCost>> = {
  step: { nanoseconds: 495, work: 'start of a step' },
  parameter: { nanoseconds: 3.36, work: 'optimiser' },
  sampledInput: { nanoseconds: 0.103, work: 'uniform numbers' },
  thresholdedInput: { nanoseconds: 0.633, work: 'activity under a copula' },
  conditionalInput: { nanoseconds: 1.26, work: 'probabilities given the common factor' },
  collectedInput: { nanoseconds: 0.313, work: 'bit masks of active inputs' },
  sampledNormal: { nanoseconds: 1.21, work: 'normal numbers' },
  gap: { nanoseconds: 6.95, work: 'gaps between active inputs' },
  memberOfRow: { nanoseconds: 1.58, work: 'active inputs of a group or row' },
  shuffledInput: { nanoseconds: 5.17, work: 'shuffles of active inputs' },
  curvedValue: { nanoseconds: 3.18, work: 'values of a distribution that is not uniform' },
  denseOutput: { nanoseconds: 0.444, work: 'outputs' },
  denseMultiplyAdd: { nanoseconds: 0.019, work: 'dense products' },
  farMultiplyAdd: { nanoseconds: 0.0123, work: 'products beyond the cache' },
  foldedWeight: { nanoseconds: 1.59, work: 'gradient sums per panel' },
  smoothValue: { nanoseconds: 1.48, work: 'polynomials of activations' },
  smoothListed: { nanoseconds: 2.17, work: 'polynomials of activations' },
  listEntry: { nanoseconds: 0.981, work: 'lists of active inputs' },
  listRow: { nanoseconds: 8.84, work: 'rows' },
  listMultiplyAdd: { nanoseconds: 0.045, work: 'products with list entries' },
  farListMultiplyAdd: { nanoseconds: 0.0647, work: 'list products beyond the cache' },
  broadcastMultiplyAdd: { nanoseconds: 0.021, work: 'products of padded rows' },
  tileMultiplyAdd: { nanoseconds: 0.0254, work: 'decoding' },
  farTileMultiplyAdd: { nanoseconds: 0.0215, work: 'decoding beyond the cache' },
  checkedOutput: { nanoseconds: 0.423, work: 'comparisons of outputs with 0' },
  unclippedOutput: { nanoseconds: 11.4, work: 'lists of unclipped outputs' },
  allOutputs: { nanoseconds: 1.33, work: 'outputs' },
  neuron: { nanoseconds: 0.279, work: 'neurons and targets' },
  gramMultiplyAdd: { nanoseconds: 0.103, work: 'sums of Gram rows' },
  farGramMultiplyAdd: { nanoseconds: 0.16, work: 'Gram rows beyond the cache' },
  gramOutput: { nanoseconds: 0.5, work: 'outputs' },
};
