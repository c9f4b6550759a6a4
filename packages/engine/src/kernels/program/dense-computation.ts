import { activationLanes } from '../../activations/registry.ts';
import type { ValueAndSlope } from '../../activations/activation.ts';
import type { KernelContext } from './context.ts';
import { addToLoss } from './loss-sum.ts';
import { stripBytes } from './panel.ts';
import { emitGradientProduct } from './gradient-product.ts';
import { sumOfLanes } from './lane-sums.ts';
import { emitRowProduct, storeSums } from './row-product.ts';
import type { Body, FunctionHandle, Local } from '@polysem/numerics/wasm';
import { f32, f32x4, i32, v128, type I32, type V128 } from '@polysem/numerics/wasm';

/** Largest number of neurons whose values are kept in local variables. */
const HELD = 6;

/** Addresses of one neuron: `load(each, array)`, and in panel arrays `load(at, array.address + offset)`. */
interface Neuron {
  readonly each: I32;
  readonly at: I32;
  readonly offset: number;
}

/** Local variables of the loop over rows, which processes four rows at a time. */
interface RowLoop {
  /** Position of the rows in panel arrays. */
  readonly row: Local<'i32'>;
  /** Position in panel arrays and 4 times the index, in a loop over features or neurons. */
  readonly at: Local<'i32'>;
  readonly each: Local<'i32'>;
  /** Error of the output; partial until all neurons are added. */
  readonly error: Local<'v128'>;
  /** Sums over the rows of squared errors, and of gradients with respect to the output. */
  readonly loss: Local<'v128'>;
  readonly pulls: Local<'v128'>;
}

/**
 * Defines a function that processes a panel of a scalar computation model: it adds the loss of its rows and, if wanted,
 * their gradient. Its parameter is the number of rows.
 */
export function defineDenseComputation(context: KernelContext): FunctionHandle<null> {
  const { module, structure, memory } = context;
  const { features, dims, parameters } = structure;
  const { inputs, hidden, hiddenErrors } = memory;
  return module.define(
    ['i32'],
    null,
    (body, rows) => {
      const here = i32.const(0);
      const bytes = body.hold(stripBytes(rows));
      const loss = body.hold(f32x4.const(0));
      const pulls = body.hold(f32x4.const(0));
      emitRowProduct(body, context, bytes, {
        outputs: dims,
        inputs: features,
        input: inputs,
        weights: { address: memory.parameters, perOutput: 4, perInput: 4 * dims },
        outputStride: inputs.stride,
        start: () => f32x4.const(0),
        finish: storeSums(body, hidden),
      });
      const row = body.hold(i32.const(0));
      const at = body.local('i32');
      const each = body.local('i32');
      const error = body.local('v128');
      const loop: RowLoop = { row, at, each, error, loss, pulls };
      body.doWhile(() => {
        emitTargets(body, context, loop);
        body.scope(() =>
          dims <= HELD
            ? emitHeldNeurons(body, context, loop)
            : emitLoopedNeurons(body, context, loop),
        );
        body.set(row, i32.add(row, i32.const(16)));
        return i32.ltU(row, bytes);
      });
      addToLoss(body, memory, loss);
      body.if(i32.eqz(i32.load(here, memory.wantsGradient)), () => body.return());
      if (parameters.bias.length > 0) {
        const target = memory.gradient + 4 * parameters.bias.from;
        body.store(here, target, f32.add(f32.load(here, target), sumOfLanes(body, pulls)));
      }
      emitGradientProduct(body, context, {
        rowBytes: bytes,
        lefts: features,
        rights: dims,
        pairs: [{ left: inputs, right: hiddenErrors }],
        target: memory.gradient,
      });
    },
    'computePanel',
  );
}

/** Emits a loop over `count` indices of a panel array. */
function overIndices(
  body: Body,
  { memory }: KernelContext,
  { row, at, each }: RowLoop,
  count: number,
  visit: () => void,
): void {
  body.set(at, row);
  body.set(each, i32.const(0));
  body.doWhile(() => {
    body.scope(visit);
    body.set(at, i32.add(at, i32.const(memory.inputs.stride)));
    body.set(each, i32.add(each, i32.const(4)));
    return i32.ltU(each, i32.const(4 * count));
  });
}

/** Emits code that sets the error to the bias minus the target. */
function emitTargets(body: Body, context: KernelContext, loop: RowLoop): void {
  const { math, structure, memory } = context;
  const { row, at, each, error } = loop;
  const { bias } = structure.parameters;
  const start =
    bias.length > 0
      ? v128.loadSplat(i32.const(0), memory.parameters + 4 * bias.from)
      : f32x4.const(0);
  body.set(error, start);
  if (structure.method === 'given') {
    body.set(error, f32x4.sub(error, v128.load(row, memory.rowTargets)));
    return;
  }
  const activation = activationLanes(structure.activation);
  overIndices(body, context, loop, structure.features, () => {
    const x = body.hold(v128.load(at, memory.inputs.address));
    const importance = v128.loadSplat(each, memory.importance);
    const value = body.hold(activation.value(body, math, x));
    body.set(error, math.multiplySubtract(value, importance, error));
  });
}

/** Emits the neurons of a small hidden layer. Values and slopes are computed together and stay in local variables. */
function emitHeldNeurons(body: Body, context: KernelContext, loop: RowLoop): void {
  const { math, structure, memory } = context;
  const { hidden, inputs } = memory;
  const { row } = loop;
  const activation = activationLanes(structure.activation);
  const held = Array.from({ length: structure.dims }, (_, a) => {
    const neuron: Neuron = { each: i32.const(4 * a), at: row, offset: a * inputs.stride };
    const h = body.hold(v128.load(row, hidden.address + a * inputs.stride));
    const { value, backward } = activation.withSlope(body, math, h);
    return { value: body.hold(value), backward, neuron };
  });
  for (const { value, neuron } of held) addOutput(body, context, loop, value, neuron);
  const pull = emitPull(body, context, loop);
  for (const { neuron, ...output } of held) sendBack(body, context, output, pull, neuron);
}

/** Emits the neurons of a large hidden layer, in one loop forward and one back. */
function emitLoopedNeurons(body: Body, context: KernelContext, loop: RowLoop): void {
  const { math, structure, memory } = context;
  const { at, each } = loop;
  const { address } = memory.hidden;
  const activation = activationLanes(structure.activation);
  const neuron: Neuron = { each, at, offset: 0 };
  overIndices(body, context, loop, structure.dims, () => {
    const h = body.hold(v128.load(at, address));
    addOutput(body, context, loop, body.hold(activation.value(body, math, h)), neuron);
  });
  const pull = emitPull(body, context, loop);
  overIndices(body, context, loop, structure.dims, () => {
    const h = body.hold(v128.load(at, address));
    sendBack(body, context, activation.withSlope(body, math, h), pull, neuron);
  });
}

function loadOutputWeight({ structure, memory }: KernelContext, { each }: Neuron): V128 {
  return v128.loadSplat(each, memory.parameters + 4 * structure.parameters.outputWeights.from);
}

/** Emits code that adds the output of a neuron to the error. */
function addOutput(
  body: Body,
  context: KernelContext,
  { error }: RowLoop,
  value: V128,
  neuron: Neuron,
): void {
  const sum = context.structure.hasFreeOutputs
    ? context.math.multiplyAdd(value, loadOutputWeight(context, neuron), error)
    : f32x4.add(value, error);
  body.set(error, sum);
}

/** Emits code that adds the loss of the rows. Returns the gradient with respect to the output. */
function emitPull(
  body: Body,
  { math, structure, memory }: KernelContext,
  { row, error, loss, pulls }: RowLoop,
): Local<'v128'> {
  const weighed =
    structure.method === 'given'
      ? body.hold(f32x4.mul(error, v128.load(row, memory.rowWeights)))
      : error;
  body.set(loss, math.multiplyAdd(weighed, error, loss));
  const pull = body.hold(f32x4.mul(weighed, v128.loadSplat(i32.const(0), memory.pull)));
  body.set(pulls, f32x4.add(pulls, pull));
  return pull;
}

/** Emits the backward pass of a neuron: the error of its input, and the gradient of its output weight. */
function sendBack(
  body: Body,
  context: KernelContext,
  { value, backward }: ValueAndSlope,
  pull: Local<'v128'>,
  neuron: Neuron,
): void {
  const { structure, memory } = context;
  const { hasFreeOutputs, parameters } = structure;
  const { each, at, offset } = neuron;
  const through = hasFreeOutputs ? f32x4.mul(pull, loadOutputWeight(context, neuron)) : pull;
  body.store(at, memory.hiddenErrors.address + offset, backward(body.hold(through)));
  if (!hasFreeOutputs) return;
  const target = memory.gradient + 4 * parameters.outputWeights.from;
  const added = sumOfLanes(body, f32x4.mul(pull, value));
  body.store(each, target, f32.add(f32.load(each, target), added));
}
