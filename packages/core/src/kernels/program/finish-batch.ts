import { activations } from '../../models/activation.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { laneActivations } from '../lanes/lane-activations.ts';
import { wideSum } from './lane-sums.ts';
import { addToLoss } from './loss-sum.ts';
import type { Structure } from './structure.ts';
import type { Arithmetic } from '../lanes/arithmetic.ts';
import type { Body, FunctionHandle, ModuleBuilder } from '../wasm/module.ts';
import { f32, f32x4, f64, i32, v128, type I32 } from '../wasm/value.ts';

/**
 * Defines the end of a batch: adds the inputs without active features, all of which give the same, and turns sums into
 * means. The rows that filled up strips were such inputs too, so that their number is what the panels leave over, or,
 * negative, what they did too much.
 */
export function defineFinish(
  module: ModuleBuilder,
  math: Arithmetic,
  structure: Structure,
  memory: KernelMemory,
): FunctionHandle<null> {
  return module.define([], null, (body) => {
    const here = i32.const(0);
    const batch = i32.load(here, memory.batch);
    const empty = body.hold(
      f32x4.splat(f64.toF32(f64.fromI32(i32.sub(batch, i32.load(here, memory.processed))))),
    );
    if (structure.task === 'compression') emptyCompression(body, math, structure, memory, empty);
    else emptyComputation(body, structure, memory, empty);
    // What was added and subtracted again can leave a rounding error below 0.
    const sum = f64.max(f64.load(here, memory.loss), f64.const(0));
    body.store(here, memory.loss, f64.div(sum, f64.fromI32(batch)));
  });
}

type Lanes = ReturnType<Body['hold']> & { readonly type: 'v128' };

/** Steps through arrays of `count` numbers, four at a time. */
function overVectors(body: Body, count: number, visit: (at: I32) => void): void {
  const at = body.hold(i32.const(0));
  body.doWhile(() => {
    body.scope(() => visit(at));
    body.set(at, i32.add(at, i32.const(16)));
    return i32.ltU(at, i32.const(4 * count));
  });
}

function emptyCompression(
  body: Body,
  math: Arithmetic,
  { activation, features, parameters }: Structure,
  memory: KernelMemory,
  empty: Lanes,
): void {
  const { from, length } = parameters.bias;
  const gradient = memory.gradient + 4 * from;
  const loss = body.hold(f32x4.const(0));
  // Biases stand last among the parameters; beyond them there are zeros, and importances of 0.
  overVectors(body, features, (at) => {
    const before = length > 0 ? v128.load(at, memory.parameters + 4 * from) : f32x4.const(0);
    const { value, back } = laneActivations[activation].both(body, math, body.hold(before));
    const error = body.hold(value);
    const importance = f32x4.mul(v128.load(at, memory.importance), empty);
    body.set(loss, math.multiplyAdd(f32x4.mul(error, error), importance, loss));
    if (length > 0) {
      const pull = f32x4.mul(v128.load(at, memory.pull), empty);
      const sent = back(body.hold(f32x4.mul(error, pull)));
      body.store(at, gradient, f32x4.add(v128.load(at, gradient), sent));
    }
  });
  addToLoss(body, memory, loss);
}

function emptyComputation(
  body: Body,
  { activation, features, dims, hasFreeOutputs, parameters }: Structure,
  memory: KernelMemory,
  empty: Lanes,
): void {
  const here = i32.const(0);
  const atZero = activations[activation].value(0);
  const bias = f32.load(here, memory.parameters + 4 * parameters.bias.from);
  const error = body.hold(bias);
  if (atZero !== 0) {
    const sum = body.hold(f32x4.const(0));
    overVectors(body, features, (at) =>
      body.set(sum, f32x4.sub(sum, v128.load(at, memory.importance))),
    );
    if (hasFreeOutputs) {
      // Output weights stand last among the parameters, with zeros beyond them.
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
  const biasGradient = memory.gradient + 4 * parameters.bias.from;
  body.store(here, biasGradient, f32.add(f32.load(here, biasGradient), pull));
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
