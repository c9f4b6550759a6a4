import { activations, parameterLayout, type SparseBatch, type ToyModel } from '../src/index.ts';

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
  batch: SparseBatch,
  parameters: ArrayLike<number>,
  epsilon: number,
): RoundingBounds {
  const { features, dims, importance } = model;
  const layout = parameterLayout(model);
  const unit = 4 * (features + dims + batch.rows + 16) * epsilon;
  const f = activations[model.activation].value;
  const at = (j: number): number => Math.abs(parameters[j]);
  // Each with the terms that rounding scales, and those of kinks, which come as they are.
  const smooth = new Float64Array(layout.size);
  const kinks = new Float64Array(layout.size);
  const add = (j: number, scaled: number, kink: number): void => {
    smooth[j] += scaled;
    kinks[j] += kink;
  };
  let loss = 0;

  for (let row = 0; row < batch.rows; row++) {
    const active: { w: number; x: number; feature: number }[] = [];
    for (let e = batch.rowStarts[row]; e < batch.rowStarts[row + 1]; e++) {
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
    if (model.task === 'compression') {
      const input = new Float64Array(features);
      for (const { feature, x } of active) input[feature] = x;
      const readOut = layout.readOut.length > 0 ? layout.readOut.from : 0;
      const hasBias = layout.bias.length > 0;
      const pullSmooth = new Float64Array(dims);
      const pullKink = new Float64Array(dims);
      for (let i = 0; i < features; i++) {
        const u = readOut + i * dims;
        let before = hasBias ? parameters[layout.bias.from + i] : 0;
        let size = Math.abs(before);
        for (let d = 0; d < dims; d++) {
          before += parameters[u + d] * hidden[d];
          size += at(u + d) * hiddenSize[d];
        }
        const error = valueBound(model, size) + Math.abs(input[i]);
        loss += importance[i] * error * error;
        const outer = (2 * importance[i] * error) / batch.rows;
        const pull = outer * slopeBound(model, size);
        const kink = isAtKink(model, before, unit * size) ? outer : 0;
        if (hasBias) add(layout.bias.from + i, pull, kink);
        for (let d = 0; d < dims; d++) {
          add(u + d, pull * hiddenSize[d], kink * hiddenSize[d]);
          pullSmooth[d] += pull * at(u + d);
          pullKink[d] += kink * at(u + d);
        }
      }
      for (const { w, x } of active) {
        for (let d = 0; d < dims; d++)
          add(w + d, pullSmooth[d] * Math.abs(x), pullKink[d] * Math.abs(x));
      }
    } else {
      const isFree = layout.outputWeights.length > 0;
      const u = layout.outputWeights.from;
      let error = at(layout.bias.from);
      for (const { feature, x } of active) error += importance[feature] * Math.abs(f(x));
      for (let a = 0; a < dims; a++)
        error += (isFree ? at(u + a) : 1) * valueBound(model, hiddenSize[a]);
      loss += error * error;
      const outer = (2 * error) / batch.rows;
      add(layout.bias.from, outer, 0);
      for (let a = 0; a < dims; a++) {
        if (isFree) add(u + a, outer * valueBound(model, hiddenSize[a]), 0);
        const weight = outer * (isFree ? at(u + a) : 1);
        const pull = weight * slopeBound(model, hiddenSize[a]);
        const kink = isAtKink(model, hidden[a], unit * hiddenSize[a]) ? weight : 0;
        for (const { w, x } of active) add(w + a, pull * Math.abs(x), kink * Math.abs(x));
      }
    }
  }
  return {
    loss: (unit * loss) / batch.rows,
    gradient: smooth.map((terms, j) => unit * terms + kinks[j]),
  };
}

/** |f(z)| for |z| up to `size`. */
function valueBound({ activation }: ToyModel, size: number): number {
  return activation === 'quadratic' ? size * size : size;
}

/** |f'(z)| for |z| up to `size`, and what an error of z in proportion to `size` makes of it: |f''| is 2, or for GeLU below 1. */
function slopeBound({ activation }: ToyModel, size: number): number {
  if (activation === 'quadratic') return 4 * size;
  return activation === 'gelu' ? 1.13 + size : 1;
}

function isAtKink({ activation }: ToyModel, z: number, error: number): boolean {
  return activation === 'relu' && Math.abs(z) <= error;
}
