import {
  drawInputs,
  momentsOfChecked,
  selectRows,
  stratifyInputs,
  type DistributedInputs,
  type RowInputs,
  type SparseBatch,
  type WeightedBatch,
} from '@polysem/core/features';
import type { Generator } from '@polysem/numerics/random';
import type { Kernel } from '../kernels/kernel.ts';
import type { Loss } from '../models/loss.ts';
import { productsOf } from '../models/product-covariance.ts';
import { quadraticBatchLoss } from '../models/quadratic-batch-loss.ts';
import { quadraticCorrelatedLoss } from '../models/quadratic-correlated-loss.ts';
import { quadraticExactLoss } from '../models/quadratic-exact-loss.ts';
import {
  PRODUCTS_UP_TO,
  quadraticSampleLoss,
  sampleProducts,
  type ProductCovariance,
} from '../models/quadratic-sample-loss.ts';
import { isQuadraticModel, type QuadraticModel, type ToyModel } from '../models/toy-model.ts';

/**
 * A loss that does not change during training, described by plain data from which every worker
 * builds the same loss.
 */
export type FixedLoss =
  /** The expected loss over a distribution, in closed form. */
  | {
      readonly kind: 'exact';
      readonly model: QuadraticModel;
      readonly inputs: DistributedInputs;
    }
  /** The mean loss over one sample of a distribution, drawn from `stream`. */
  | {
      readonly kind: 'sample';
      readonly model: ToyModel;
      readonly inputs: DistributedInputs;
      /** Plain draws, or weighted strata. */
      readonly sampling: 'plain' | 'strata';
      readonly rows: number;
      readonly stream: Generator;
    }
  /** The mean loss over rows of data. */
  | { readonly kind: 'rows'; readonly model: ToyModel; readonly inputs: RowInputs }
  /** The mean loss over a sample, given only by the covariance of its products. */
  | {
      readonly kind: 'products';
      readonly model: QuadraticModel;
      readonly products: ProductCovariance;
    };

const built = new WeakMap<FixedLoss, { readonly kernel: Kernel; readonly loss: Loss }>();

/** Builds a fixed loss, once per kernel: all restarts in a thread share it. */
export function buildFixedLoss(kernel: Kernel, fixed: FixedLoss): Loss {
  const before = built.get(fixed);
  if (before?.kernel === kernel) return before.loss;
  const loss = build(kernel, fixed);
  built.set(fixed, { kernel, loss });
  return loss;
}

function build(kernel: Kernel, fixed: FixedLoss): Loss {
  switch (fixed.kind) {
    case 'exact':
      return exactLoss(fixed.model, fixed.inputs);
    case 'products':
      return quadraticSampleLoss(fixed.model, fixed.products);
    case 'rows': {
      const { model, inputs } = fixed;
      const rows = selectRows(inputs.batch, inputs.chosen);
      if (!isQuadraticModel(model)) return kernel.given(model, rows);
      // Use the form that is cheaper to evaluate repeatedly.
      return model.features <= PRODUCTS_UP_TO
        ? quadraticSampleLoss(model, productsOf(rows))
        : quadraticBatchLoss(model, rows);
    }
    case 'sample': {
      const { model, inputs, sampling, rows } = fixed;
      if (!isQuadraticModel(model)) return kernel.given(model, drawSample(fixed));
      if (sampling === 'strata') return quadraticSampleLoss(model, productsOf(drawSample(fixed)));
      return model.features <= PRODUCTS_UP_TO
        ? quadraticSampleLoss(model, sampleProducts(copyOf(fixed.stream), inputs, rows))
        : quadraticBatchLoss(model, drawInputs(copyOf(fixed.stream), inputs, rows));
    }
  }
}

/** The expected loss of the quadratic model with the best bias. */
export function exactLoss(model: QuadraticModel, inputs: DistributedInputs): Loss {
  return inputs.kind === 'correlated'
    ? quadraticCorrelatedLoss(model, inputs)
    : quadraticExactLoss(model, inputs.marginals.map(momentsOfChecked));
}

/** Draws a sample of a distribution. */
export function drawSample({
  inputs,
  sampling,
  rows,
  stream,
}: Omit<Extract<FixedLoss, { kind: 'sample' }>, 'kind' | 'model'>): SparseBatch | WeightedBatch {
  const g = copyOf(stream);
  return sampling === 'strata' ? stratifyInputs(g, inputs, { rows }) : drawInputs(g, inputs, rows);
}

/** A copy of a generator, so that drawing from it leaves the original unchanged. */
function copyOf(stream: Generator): Generator {
  return { ...stream, counter: stream.counter.slice(), block: stream.block.slice() };
}
