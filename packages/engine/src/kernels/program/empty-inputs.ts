import type { KernelContext } from './context.ts';
import { activationLanes, activations } from '../../activations/registry.ts';
import { wideSum } from './lane-sums.ts';
import type { Body, FunctionHandle } from '@polysem/numerics/wasm';
import { f32, f32x4, f64, i32, v128, type I32 } from '@polysem/numerics/wasm';

/**
 * Defines the end of a batch: adds the loss and gradient of inputs without active features, which are the same for all of
 * them, times their number, and divides the loss by the batch size. The number is batch size minus processed rows. It is
 * negative if padding rows, which are also empty inputs, were processed in excess; adding a negative multiple subtracts
 * them. Given inputs carry weights, including one for the empty input, so their weighted sum is already the mean.
 */
export function defineEmptyInputs(context: KernelContext): FunctionHandle<null> {
  const { module, structure, memory } = context;
  return module.define([], null, (body) => {
    const here = i32.const(0);
    const isGiven = structure.method === 'given';
    const batch = i32.load(here, memory.batch);
    const empty = body.hold(
      f32x4.splat(
        isGiven
          ? f32.load(here, memory.emptyWeight)
          : f64.toF32(f64.fromI32(i32.sub(batch, i32.load(here, memory.processed)))),
      ),
    );
    if (structure.task === 'featurewise') emptyFeaturewise(body, context, empty);
    else emptyComputation(body, context, empty);
    // Subtracting the padding rows can leave a negative rounding error.
    const sum = f64.max(f64.load(here, memory.loss), f64.const(0));
    body.store(here, memory.loss, isGiven ? sum : f64.div(sum, f64.fromI32(batch)));
  });
}

type Lanes = ReturnType<Body['hold']> & { readonly type: 'v128' };

/** Emits a loop over arrays of `count` numbers, four at a time. */
function overVectors(body: Body, count: number, visit: (at: I32) => void): void {
  const at = body.hold(i32.const(0));
  body.doWhile(() => {
    body.scope(() => visit(at));
    body.set(at, i32.add(at, i32.const(16)));
    return i32.ltU(at, i32.const(4 * count));
  });
}

/** Adds the empty input feature by feature, with the same number in all lanes; this runs only once per batch. */
function emptyFeaturewise(body: Body, context: KernelContext, empty: Lanes): void {
  const { math, structure, memory } = context;
  const { features, dims, isTied, parameters } = structure;
  const here = i32.const(0);
  const output = activationLanes(structure.activation);
  const hidden = activations[structure.hiddenActivation].value(0);
  const target = activations[structure.target].value(0);
  const { from, length } = parameters.bias;
  const readOut = 4 * (isTied ? 0 : parameters.readOut.from);
  const each = body.hold(i32.const(0));
  const row = body.hold(i32.const(readOut));
  const overDims = (visit: (at: I32) => void): void => {
    const at = body.hold(row);
    const end = body.hold(i32.add(row, i32.const(4 * dims)));
    body.doWhile(() => {
      visit(at);
      body.set(at, i32.add(at, i32.const(4)));
      return i32.ltU(at, end);
    });
  };
  body.doWhile(() => {
    body.scope(() => {
      const before = body.hold(
        length > 0 ? v128.loadSplat(each, memory.parameters + 4 * from) : f32x4.const(0),
      );
      if (hidden !== 0) {
        overDims((at) => {
          const u = v128.loadSplat(at, memory.parameters);
          body.set(before, math.multiplyAdd(u, f32x4.const(hidden), before));
        });
      }
      const { value, backward } = output.withSlope(body, math, before);
      const wanted = structure.hasCoefficients
        ? f32x4.mul(v128.loadSplat(each, memory.coefficient), f32x4.const(target))
        : f32x4.const(target);
      const error = body.hold(target === 0 ? value : f32x4.sub(value, wanted));
      const importance = f32x4.mul(v128.loadSplat(each, memory.importance), empty);
      const square = f32x4.lane(f32x4.mul(f32x4.mul(error, error), importance), 0);
      body.store(here, memory.loss, f64.add(f64.load(here, memory.loss), f32.toF64(square)));
      const pull = f32x4.mul(v128.loadSplat(each, memory.pull), empty);
      const sent = body.hold(f32x4.lane(backward(body.hold(f32x4.mul(error, pull))), 0));
      if (length > 0) {
        const gradient = memory.gradient + 4 * from;
        body.store(each, gradient, f32.add(f32.load(each, gradient), sent));
      }
      if (hidden !== 0) {
        const added = body.hold(f32.mul(sent, f32.const(hidden)));
        overDims((at) =>
          body.store(at, memory.gradient, f32.add(f32.load(at, memory.gradient), added)),
        );
      }
    });
    body.set(row, i32.add(row, i32.const(4 * dims)));
    body.set(each, i32.add(each, i32.const(4)));
    return i32.ltU(each, i32.const(4 * features));
  });
}

function emptyComputation(body: Body, { structure, memory }: KernelContext, empty: Lanes): void {
  const { activation, features, dims, hasFreeOutputs, parameters } = structure;
  const here = i32.const(0);
  const atZero = activations[activation].value(0);
  const hasBias = parameters.bias.length > 0;
  const bias = f32.load(here, memory.parameters + 4 * parameters.bias.from);
  const error = body.hold(hasBias ? bias : f32.const(0));
  if (atZero !== 0) {
    const sum = body.hold(f32x4.const(0));
    overVectors(body, features, (at) =>
      body.set(sum, f32x4.sub(sum, v128.load(at, memory.importance))),
    );
    if (hasFreeOutputs) {
      // Output weights are the last parameters and are followed by zeros.
      const from = memory.parameters + 4 * parameters.outputWeights.from;
      overVectors(body, dims, (at) => body.set(sum, f32x4.add(sum, v128.load(at, from))));
    }
    const fixed = f32.const(hasFreeOutputs ? 0 : dims);
    const outputs = f32.add(f64.toF32(wideSum(body, sum)), fixed);
    body.set(error, f32.add(error, f32.mul(f32.const(atZero), outputs)));
  }
  const count = f32x4.lane(empty, 0);
  body.store(
    here,
    memory.loss,
    f64.add(
      f64.load(here, memory.loss),
      f64.mul(f32.toF64(count), f64.mul(f32.toF64(error), f32.toF64(error))),
    ),
  );
  const pull = body.hold(f32.mul(f32.mul(error, count), f32.load(here, memory.pull)));
  if (hasBias) {
    const target = memory.gradient + 4 * parameters.bias.from;
    body.store(here, target, f32.add(f32.load(here, target), pull));
  }
  if (atZero !== 0 && hasFreeOutputs) {
    const target = memory.gradient + 4 * parameters.outputWeights.from;
    const each = body.hold(i32.const(0));
    body.doWhile(() => {
      const added = f32.mul(pull, f32.const(atZero));
      body.store(each, target, f32.add(f32.load(each, target), added));
      body.set(each, i32.add(each, i32.const(4)));
      return i32.ltU(each, i32.const(4 * dims));
    });
  }
}
