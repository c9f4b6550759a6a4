import { activations } from '../../activations/registry.ts';
import { featurewiseForm } from '../../models/featurewise-form.ts';
import { parameterLayout } from '../../models/parameters.ts';
import type { ToyModel } from '../../models/toy-model.ts';
import { nanosecondsOf, type Operation, type OperationCounts } from './cost-constants.ts';
import { PANEL_ROWS } from './panel.ts';
import type { StepWork } from './step-work.ts';

/** Sizes of a model, with what its activations cost. */
export interface Sizes {
  readonly features: number;
  readonly dims: number;
  readonly parameters: number;
  /** The same sizes, padded to whole vectors. */
  readonly paddedFeatures: number;
  readonly paddedDims: number;
  readonly isScalar: boolean;
  readonly isRectified: boolean;
  /** 1 if an activation of the outputs or neurons takes a polynomial, else 0. */
  readonly smoothOutput: number;
  readonly smoothHidden: number;
}

/** The sizes of a model. */
export function sizesOf(model: ToyModel): Sizes {
  const { features, dims, activation } = model;
  const isScalar = model.task === 'computation';
  const hidden = isScalar ? activation : featurewiseForm(model).hidden;
  return {
    features,
    dims,
    parameters: parameterLayout(model).size,
    paddedFeatures: padded(features),
    paddedDims: padded(dims),
    isScalar,
    isRectified: activations[activation].lanes?.isRectified ?? false,
    smoothOutput: isSmooth(activation) ? 1 : 0,
    smoothHidden: isSmooth(hidden) ? 1 : 0,
  };
}

function padded(count: number): number {
  return 4 * Math.ceil(count / 4);
}

/** Activations of a few instructions; others evaluate a polynomial. */
const SIMPLE: ReadonlySet<string> = new Set(['abs', 'linear', 'quadratic', 'relu', 'squared-relu']);

function isSmooth(activation: string): boolean {
  return !SIMPLE.has(activation);
}

/** Bytes of arrays beyond which products wait for memory: half of a level-2 cache of 1 MiB. */
const CACHE = 2 ** 19;

/** Bytes of a float32 number. */
const FLOAT = 4;

/** Dense products over `rows` rows in `panels` panels. */
export function denseCounts(sizes: Sizes, rows: number, panels: number): OperationCounts {
  const { features, dims, isScalar, smoothOutput, smoothHidden } = sizes;
  const weights = features * dims;
  // Weights, their gradient, and the inputs and errors of a panel.
  const isFar = 2 * FLOAT * (weights + features * PANEL_ROWS) > CACHE;
  // A scalar output needs encoding and its gradient; one output per feature also decoding, its gradient and hidden errors.
  return isScalar
    ? {
        denseMultiplyAdd: 2 * rows * weights,
        farMultiplyAdd: isFar ? 2 * rows * weights : 0,
        foldedWeight: panels * weights,
        neuron: rows * (features + 2 * dims),
        smoothValue: smoothOutput * rows * (features + 2 * dims),
      }
    : {
        denseMultiplyAdd: 5 * rows * weights,
        farMultiplyAdd: isFar ? 5 * rows * weights : 0,
        foldedWeight: panels * weights,
        denseOutput: rows * features,
        smoothValue: rows * (smoothOutput * features + 2 * smoothHidden * dims),
      };
}

function costOf(operation: Operation): number {
  return nanosecondsOf[operation];
}

/** Fraction of unclipped outputs from which backpropagation through all outputs costs less than through a list of them. */
export function mostListed(features: number, dims: number): number {
  const products = 2 * padded(dims);
  const far = exceedCache(features, dims) ? 1 : 0;
  const dense = costOf('broadcastMultiplyAdd') + far * costOf('farMultiplyAdd');
  const listed = costOf('listMultiplyAdd') + far * costOf('farListMultiplyAdd');
  const perOutput = costOf('allOutputs') - costOf('checkedOutput') + products * dense;
  return perOutput / (costOf('unclippedOutput') + products * listed);
}

/** Lists of active inputs, of a model with one output per feature. */
export function listOutputs(sizes: Sizes, { rows, active, unclipped }: StepWork): OperationCounts {
  const { features, dims, paddedFeatures, paddedDims, isRectified, smoothOutput } = sizes;
  const outputs = rows * paddedFeatures;
  const isDense = !isRectified || unclipped > mostListed(features, dims) * rows * features;
  const backward = isDense
    ? {
        allOutputs: outputs,
        smoothListed: smoothOutput * outputs,
        broadcastMultiplyAdd: 2 * rows * features * paddedDims,
        listMultiplyAdd: 2 * active * paddedDims,
      }
    : {
        checkedOutput: outputs,
        unclippedOutput: unclipped,
        broadcastMultiplyAdd: 0,
        listMultiplyAdd: 2 * (active + unclipped) * paddedDims,
      };
  const far = exceedCache(features, dims) ? 1 : 0;
  const tileMultiplyAdd = rows * paddedFeatures * dims;
  return {
    listEntry: active,
    listRow: rows,
    tileMultiplyAdd,
    ...backward,
    farMultiplyAdd: far * backward.broadcastMultiplyAdd,
    farTileMultiplyAdd: far * tileMultiplyAdd,
    // Every panel of a few rows reads all weights from the last-level cache.
    streamedMultiplyAdd: FLOAT * 3 * features * paddedDims > 4 * CACHE ? tileMultiplyAdd : 0,
    farListMultiplyAdd: far * backward.listMultiplyAdd,
  };
}

/** Numbers per feature in the panel of a method with lists: about six arrays of 20 rows. */
const LISTED = 120;

/** True if weights, their gradient, a transposed copy and the panel of a method with lists exceed the cache. */
function exceedCache(features: number, dims: number): boolean {
  return FLOAT * features * (3 * padded(dims) + LISTED) > CACHE;
}

/** Lists of active inputs, of a model with one output. */
export function listNeurons(sizes: Sizes, { rows, active }: StepWork): OperationCounts {
  const { features, dims, paddedDims, smoothOutput } = sizes;
  return {
    listEntry: active,
    listRow: rows,
    listMultiplyAdd: 2 * active * paddedDims,
    farListMultiplyAdd: exceedCache(features, dims) ? 2 * active * paddedDims : 0,
    neuron: 2 * rows * paddedDims,
    smoothListed: smoothOutput * (active + 2 * rows * paddedDims),
  };
}

/** Sums of rows of the Gram matrix. */
export function gramCounts(sizes: Sizes, { rows, active }: StepWork): OperationCounts {
  const { features, dims, paddedFeatures, paddedDims, smoothOutput } = sizes;
  const sums = 2 * active * paddedFeatures;
  const products = features * paddedFeatures * dims + 2 * features * features * paddedDims;
  const far = FLOAT * features * paddedFeatures > 2 * CACHE ? 1 : 0;
  return {
    listEntry: active,
    gramMultiplyAdd: sums,
    farGramMultiplyAdd: far * sums,
    gramOutput: rows * paddedFeatures,
    smoothListed: smoothOutput * rows * paddedFeatures,
    broadcastMultiplyAdd: products,
    farMultiplyAdd: far * products,
  };
}
