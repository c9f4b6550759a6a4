import { activations, type Activation } from '../src/activations/activation.ts';
import { featurewiseForm } from '../src/models/featurewise-form.ts';
import { isWeighted, type SparseBatch, type WeightedBatch } from '@polysem/core/features';
import { parameterLayout } from '../src/models/parameters.ts';
import type { ToyModel } from '../src/models/toy-model.ts';

/** How far a loss and its gradient may lie from the exact ones, if computed with a relative rounding of `epsilon`. */
export interface RoundingBounds {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/**
 * Bounds from the textbook rule that a sum of n terms, in any order, is off by at most n epsilon times the sum of their
 * absolute values (Higham, Accuracy and Stability, section 4.2): the formulae of the models once more, with absolute
 * values in place of all terms. A ReLU within rounding of its kink may have either slope.
 */
export function roundingBounds(
  model: ToyModel,
  batch: SparseBatch | WeightedBatch,
  parameters: ArrayLike<number>,
  epsilon: number,
): RoundingBounds {
  const { features, dims, importance } = model;
  const layout = parameterLayout(model);
  const unit = 4 * (features + dims + batch.rows + 16) * epsilon;
  const at = (j: number): number => Math.abs(parameters[j]);
  // Each with the terms that rounding scales, and those of kinks, which come as they are.
  const smooth = new Float64Array(layout.size);
  const kinks = new Float64Array(layout.size);
  const add = (j: number, scaled: number, kink: number): void => {
    smooth[j] += scaled;
    kinks[j] += kink;
  };
  let loss = 0;

  const visit = (share: number, from: number, end: number): void => {
    const active: { w: number; x: number; feature: number }[] = [];
    for (let e = from; e < end; e++) {
      active.push({
        w: batch.indices[e] * dims,
        x: batch.values[e],
        feature: batch.indices[e],
      });
    }
    const hidden = new Float64Array(dims);
    const hiddenSize = new Float64Array(dims);
    for (const { w, x } of active) {
      for (let d = 0; d < dims; d++) {
        hidden[d] += parameters[w + d] * x;
        hiddenSize[d] += Math.abs(parameters[w + d] * x);
      }
    }
    const hasBias = layout.bias.length > 0;
    if (model.task !== 'computation') {
      const form = featurewiseForm(model);
      const target = new Float64Array(features).fill(activations[form.target].value(0));
      for (const { feature, x } of active) target[feature] = activations[form.target].value(x);
      const readOut = layout.readOut.length > 0 ? layout.readOut.from : 0;
      const after = hidden.map(activations[form.hidden].value);
      const afterSize = hiddenSize.map((size) => valueBound(form.hidden, size));
      const pullSmooth = new Float64Array(dims);
      const pullKink = new Float64Array(dims);
      for (let i = 0; i < features; i++) {
        const u = readOut + i * dims;
        let before = hasBias ? parameters[layout.bias.from + i] : 0;
        let size = Math.abs(before);
        for (let d = 0; d < dims; d++) {
          before += parameters[u + d] * after[d];
          size += at(u + d) * afterSize[d];
        }
        const error =
          valueBound(form.output, size) + Math.abs((form.coefficient?.[i] ?? 1) * target[i]);
        const weight = share * (form.weight?.[i] ?? 1);
        loss += weight * error * error;
        const outer = 2 * weight * error;
        const pull = outer * slopeBound(form.output, size);
        const kink = outer * kinkOf(form.output, before, unit * size);
        if (hasBias) add(layout.bias.from + i, pull, kink);
        for (let d = 0; d < dims; d++) {
          add(u + d, pull * afterSize[d], kink * afterSize[d]);
          pullSmooth[d] += pull * at(u + d);
          pullKink[d] += kink * at(u + d);
        }
      }
      for (let d = 0; d < dims; d++) {
        const slope = slopeBound(form.hidden, hiddenSize[d]);
        const jump = kinkOf(form.hidden, hidden[d], unit * hiddenSize[d]);
        for (const { w, x } of active) {
          const scaled = pullSmooth[d] * Math.abs(x);
          add(w + d, scaled * slope, pullKink[d] * Math.abs(x) * slope + scaled * jump);
        }
      }
    } else {
      const { activation } = model;
      const f = activations[activation].value;
      const isFree = layout.outputWeights.length > 0;
      const u = layout.outputWeights.from;
      let error = hasBias ? at(layout.bias.from) : 0;
      for (let i = 0; i < features; i++) error += importance[i] * Math.abs(f(0));
      for (const { feature, x } of active) error += importance[feature] * Math.abs(f(x));
      for (let a = 0; a < dims; a++)
        error += (isFree ? at(u + a) : 1) * valueBound(activation, hiddenSize[a]);
      loss += share * error * error;
      const outer = 2 * share * error;
      if (hasBias) add(layout.bias.from, outer, 0);
      for (let a = 0; a < dims; a++) {
        if (isFree) add(u + a, outer * valueBound(activation, hiddenSize[a]), 0);
        const weight = outer * (isFree ? at(u + a) : 1);
        const pull = weight * slopeBound(activation, hiddenSize[a]);
        const kink = weight * kinkOf(activation, hidden[a], unit * hiddenSize[a]);
        for (const { w, x } of active) add(w + a, pull * Math.abs(x), kink * Math.abs(x));
      }
    }
  };
  for (let row = 0; row < batch.rows; row++) {
    const share = isWeighted(batch) ? batch.weights[row] : 1 / batch.rows;
    visit(share, batch.rowStarts[row], batch.rowStarts[row + 1]);
  }
  if (isWeighted(batch)) visit(batch.emptyWeight, 0, 0);
  return { loss: unit * loss, gradient: smooth.map((terms, j) => unit * terms + kinks[j]) };
}

/** |f(z)| for |z| up to `size`. */
function valueBound(activation: Activation, size: number): number {
  if (activation === 'softplus') return size + 1;
  return activation === 'quadratic' ? size * size : size;
}

/** Of each smooth activation, the largest |f'|, and the largest |f''|. */
const SLOPES: Readonly<Partial<Record<Activation, readonly [number, number]>>> = {
  gelu: [1.13, 1],
  silu: [1.1, 0.5],
  tanh: [1, 0.77],
  softplus: [1, 0.25],
};

/** |f'(z)| for |z| up to `size`, and what an error of z in proportion to `size` makes of it. */
function slopeBound(activation: Activation, size: number): number {
  if (activation === 'quadratic') return 4 * size;
  const [slope, curvature] = SLOPES[activation] ?? [1, 0];
  return slope + curvature * size;
}

/** By how much f' jumps at a kink, if z is one but for an error. */
function kinkOf(activation: Activation, z: number, error: number): number {
  if (Math.abs(z) > error) return 0;
  return activation === 'relu' ? 1 : activation === 'abs' ? 2 : 0;
}
