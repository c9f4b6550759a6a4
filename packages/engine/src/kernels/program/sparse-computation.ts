import { activationLanes, activations } from '../../activations/registry.ts';
import type { SparseContext } from './context.ts';
import { addToLoss } from './loss-sum.ts';
import { sumOfLanes } from './lane-sums.ts';
import {
  HELD_VECTORS,
  emitEmbeddingGradient,
  emitHidden,
  holdVectors,
  overParts,
  overList,
  overRows,
} from './sparse-rows.ts';
import type { Body, FunctionHandle, I32, Local } from '@polysem/numerics/wasm';
import { f32, f32x4, i32, v128 } from '@polysem/numerics/wasm';

/** Defines a function that processes a panel of a scalar computation model from lists of active inputs. */
export function defineSparseComputation(context: SparseContext): FunctionHandle<null> {
  const { module, structure, memory, panel } = context;
  const { parameters, hasFreeOutputs } = structure;
  return module.define(
    ['i32'],
    null,
    (body, rows) => {
      const here = i32.const(0);
      emitTargets(body, context);
      const atRest = emitErrorAtRest(body, context);
      emitHidden(body, context, rows);
      const loss = body.hold(f32x4.const(0));
      const pulls = body.hold(f32x4.const(0));
      const wantsGradient = body.hold(i32.load(here, memory.wantsGradient));
      overRows(body, panel, rows, (row, hiddenAt) => {
        const error = emitError(body, context, { row, hiddenAt }, atRest);
        const square = f32x4.splat(f32.mul(error, error));
        body.set(loss, f32x4.add(loss, square));
        body.if(wantsGradient, () => {
          const pull = body.hold(f32x4.mul(f32x4.splat(error), v128.loadSplat(here, memory.pull)));
          body.set(pulls, f32x4.add(pulls, pull));
          emitGradient(body, context, { row, hiddenAt }, pull);
        });
      });
      // Every lane holds the same sum.
      addToLoss(body, memory, f32x4.mul(loss, v128.floats(1, 0, 0, 0)));
      if (parameters.bias.length > 0) {
        const target = memory.gradient + 4 * parameters.bias.from;
        body.store(here, target, f32.add(f32.load(here, target), f32x4.lane(pulls, 0)));
      }
      if (hasFreeOutputs) foldOutputWeights(body, context);
    },
    'computePanel',
  );
}

/** Row of a panel: 4 times its index, and the byte offset of its hidden vector. */
interface Row {
  readonly row: I32;
  readonly hiddenAt: I32;
}

/** Address of the output weights. Padding must not count as neurons, so its output weights are 0. */
function outputWeightsAddress({ structure, memory, panel }: SparseContext): number {
  // Free weights are already followed by zeros.
  return structure.hasFreeOutputs
    ? memory.parameters + 4 * structure.parameters.outputWeights.from
    : panel.fixedOutputs;
}

/** f(0), the value of an inactive feature. */
function valueAtZero({ structure }: SparseContext): number {
  return activations[structure.activation].value(0);
}

/** Emits the contributions of all active inputs to the target. */
function emitTargets(body: Body, context: SparseContext): void {
  const { math, structure, panel } = context;
  const activation = activationLanes(structure.activation);
  const atZero = valueAtZero(context);
  // Apply f to four inputs at a time. Results beyond the last input are never read.
  const entryAt = body.hold(i32.const(0));
  body.while(
    () => i32.ltU(entryAt, i32.load(i32.const(0), panel.entries)),
    () => {
      body.scope(() => {
        const x = body.hold(v128.load(entryAt, panel.values));
        const value = activation.value(body, math, x);
        const above = atZero === 0 ? value : f32x4.sub(value, f32x4.const(atZero));
        const weighted = f32x4.mul(above, v128.load(entryAt, panel.entryImportance));
        body.store(entryAt, panel.targets, weighted);
      });
      body.set(entryAt, i32.add(entryAt, i32.const(16)));
    },
  );
}

/** Emits the bias minus the target of an input without active features. */
function emitErrorAtRest(body: Body, context: SparseContext): Local<'f32'> {
  const { structure, memory } = context;
  const { bias } = structure.parameters;
  const atZero = valueAtZero(context);
  const atRest = body.hold(
    bias.length > 0 ? f32.load(i32.const(0), memory.parameters + 4 * bias.from) : f32.const(0),
  );
  if (atZero === 0) return atRest;
  const each = body.hold(i32.const(0));
  body.doWhile(() => {
    const v = f32.mul(f32.load(each, memory.importance), f32.const(atZero));
    body.set(atRest, f32.sub(atRest, v));
    body.set(each, i32.add(each, i32.const(4)));
    return i32.ltU(each, i32.const(4 * structure.features));
  });
  return atRest;
}

/** Emits the error of the output of a row. */
function emitError(
  body: Body,
  context: SparseContext,
  { row, hiddenAt }: Row,
  atRest: Local<'f32'>,
): Local<'f32'> {
  const { math, structure, panel } = context;
  const activation = activationLanes(structure.activation);
  const outputWeights = outputWeightsAddress(context);
  const sum = body.hold(f32x4.const(0));
  for (let k = 0; k < panel.weights.rowBytes / 16; k++) {
    body.scope(() => {
      const h = body.hold(v128.load(hiddenAt, panel.hidden + 16 * k));
      const value = activation.value(body, math, h);
      const u = v128.load(i32.const(0), outputWeights + 16 * k);
      body.set(sum, math.multiplyAdd(value, u, sum));
    });
  }
  const error = body.hold(f32.add(sumOfLanes(body, sum), atRest));
  const to = body.hold(i32.load(row, panel.starts + 4));
  overList(body, i32.load(row, panel.starts), to, (at) =>
    body.set(error, f32.sub(error, f32.load(at, panel.targets))),
  );
  return error;
}

/** Emits the backward pass of a row; `pull` is the gradient with respect to its output, in all lanes. */
function emitGradient(
  body: Body,
  context: SparseContext,
  { row, hiddenAt }: Row,
  pull: Local<'v128'>,
): void {
  const { math, structure, panel } = context;
  const here = i32.const(0);
  const activation = activationLanes(structure.activation);
  const outputWeights = outputWeightsAddress(context);
  overParts(panel.weights.rowBytes / 16, HELD_VECTORS, (first, count) => {
    body.scope(() => {
      const hidden = holdVectors(body, hiddenAt, panel.hidden + 16 * first, count);
      const errors = hidden.map((h, k) => {
        const offset = 16 * (first + k);
        const { value, backward } = activation.withSlope(body, math, h);
        const through = body.hold(f32x4.mul(pull, v128.load(here, outputWeights + offset)));
        const sent = body.hold(backward(through));
        if (structure.hasFreeOutputs) {
          const target = panel.outputWeightSums + offset;
          const added = math.multiplyAdd(pull, value, v128.load(here, target));
          body.store(here, target, added);
        }
        return sent;
      });
      emitEmbeddingGradient(body, context, row, errors, first);
    });
  });
}

/** Emits code that adds the gradient sums of free output weights to their gradient and clears them. */
function foldOutputWeights(body: Body, { structure, memory, panel }: SparseContext): void {
  const target = memory.gradient + 4 * structure.parameters.outputWeights.from;
  const each = body.hold(i32.const(0));
  body.doWhile(() => {
    const sum = f32.load(each, panel.outputWeightSums);
    body.store(each, target, f32.add(f32.load(each, target), sum));
    body.store(each, panel.outputWeightSums, f32.const(0));
    body.set(each, i32.add(each, i32.const(4)));
    return i32.ltU(each, i32.const(4 * structure.dims));
  });
}
