import { activations, type Activation } from '../src/activations/registry.ts';
import { featurewiseForm } from '../src/models/featurewise-form.ts';
import { isWeighted, type SparseBatch, type WeightedBatch } from '@polysem/core/features';
import { parameterLayout } from '../src/models/parameters.ts';
import type { ToyModel } from '../src/models/toy-model.ts';

/**
 * Bounds on the errors of a loss and its gradient that are computed with a relative rounding error
 * of `epsilon`.
 */
export interface RoundingBounds {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/**
 * Rounding bounds of a model. A sum of n terms, in any order, has an error of at most n epsilon
 * times the sum of their absolute values (Higham, Accuracy and Stability, section 4.2). The
 * formulae of the models are therefore evaluated with absolute values of all terms. A ReLU within
 * rounding of its kink may have either slope.
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
  // Terms that rounding scales, and terms of kinks, which are not scaled.
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

/** Largest |f|, |f'| and |f''| (without kinks) for |z| up to some size. */
interface Maxima {
  readonly value: number;
  readonly slope: number;
  readonly curvature: number;
}

/** Sizes 2^(k / PER_OCTAVE), from 2^SMALLEST to 2^LARGEST. */
const PER_OCTAVE = 32;
const SMALLEST = -30;
const LARGEST = 30;

const tables = new Map<Activation, readonly Maxima[]>();

/** Maxima of an activation up to each size of the grid, computed on the grid from f and f'. */
function maximaTable(activation: Activation): readonly Maxima[] {
  const known = tables.get(activation);
  if (known !== undefined) return known;
  const { value, slope } = activations[activation];
  const table: Maxima[] = [];
  let most: Maxima = { value: Math.abs(value(0)), slope: 0, curvature: 0 };
  for (let k = SMALLEST * PER_OCTAVE; k <= LARGEST * PER_OCTAVE; k++) {
    const [before, at] = [2 ** ((k - 1) / PER_OCTAVE), 2 ** (k / PER_OCTAVE)];
    for (const sign of [-1, 1]) {
      const change = Math.abs(slope(sign * at) - slope(sign * before));
      most = {
        value: Math.max(most.value, Math.abs(value(sign * at))),
        slope: Math.max(most.slope, Math.abs(slope(sign * at))),
        // Differences below the rounding error of the slope are not significant.
        curvature: Math.max(most.curvature, change < 1e-14 ? 0 : change / (at - before)),
      };
    }
    table.push(most);
  }
  tables.set(activation, table);
  return table;
}

function maxima(activation: Activation, size: number): Maxima {
  const table = maximaTable(activation);
  const k = Math.ceil(PER_OCTAVE * (Math.log2(size) - SMALLEST));
  return table[Math.min(Math.max(k, 0), table.length - 1)];
}

/**
 * Factor of rounding errors of f(z) for |z| up to `size`: its own rounding, or that of z times the
 * slope.
 */
function valueBound(activation: Activation, size: number): number {
  const { value, slope } = maxima(activation, size);
  return Math.max(value, slope * size);
}

/** Bound on |f'(z)| for |z| up to `size`, plus the change of f' due to a relative error of z. */
function slopeBound(activation: Activation, size: number): number {
  const { slope, curvature } = maxima(activation, size);
  return slope + curvature * size;
}

/** Jump of f' at a kink if z is within `error` of it, else 0. */
function kinkOf(activation: Activation, z: number, error: number): number {
  const { hasKink, slope } = activations[activation];
  return hasKink && Math.abs(z) <= error ? Math.abs(slope(1e-30) - slope(-1e-30)) : 0;
}
