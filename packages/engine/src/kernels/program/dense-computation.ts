import { activationLanes } from '../../activations/registry.ts';
import type { ValueAndSlope } from '../../activations/activation.ts';
import type { KernelContext } from './context.ts';
import { addToLoss } from './loss-sum.ts';
import { stripBytes } from './panel.ts';
import { emitGradientProduct } from './gradient-product.ts';
import { sumOfLanes } from './lane-sums.ts';
import { emitRowProduct, storeSums } from './row-product.ts';
import type { Structure } from './structure.ts';
import type { Body, FunctionHandle, Local } from '@polysem/numerics/wasm';
import { f32, f32x4, i32, v128, type I32, type V128 } from '@polysem/numerics/wasm';

/** Largest number of neurons whose values are kept in local variables. */
const HELD = 6;

/** Vectors of rows that the loop over rows processes at a time: with wide vectors a pair, which V8 combines. */
function rowVectors({ isWide }: Structure): number {
  return isWide ? 2 : 1;
}

/** Addresses of one neuron: `load(each, array)`, and in panel arrays `load(at, array.address + offset)`. */
interface Neuron {
  readonly each: I32;
  readonly at: I32;
  readonly offset: number;
}

/** One local variable per vector of four rows. */
type RowVectors = readonly Local<'v128'>[];

/** Local variables of the loop over rows, which processes a few vectors of four rows at a time. */
interface RowLoop {
  /** Position of the first rows in panel arrays. */
  readonly row: Local<'i32'>;
  /** Position in panel arrays and 4 times the index, in a loop over features or neurons. */
  readonly at: Local<'i32'>;
  readonly each: Local<'i32'>;
  /** Errors of the output; partial until all neurons are added. */
  readonly errors: RowVectors;
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
      const vectors = rowVectors(structure);
      const errors = Array.from({ length: vectors }, () => body.local('v128'));
      const loop: RowLoop = { row, at, each, errors, loss, pulls };
      body.doWhile(() => {
        emitTargets(body, context, loop);
        body.scope(() =>
          dims <= HELD
            ? emitHeldNeurons(body, context, loop)
            : emitLoopedNeurons(body, context, loop),
        );
        body.set(row, i32.add(row, i32.const(16 * vectors)));
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

/** Emits code that sets the errors to the bias minus the targets. */
function emitTargets(body: Body, context: KernelContext, loop: RowLoop): void {
  const { math, structure, memory } = context;
  const { row, at, each, errors } = loop;
  const { bias } = structure.parameters;
  const start = body.hold(
    bias.length > 0
      ? v128.loadSplat(i32.const(0), memory.parameters + 4 * bias.from)
      : f32x4.const(0),
  );
  if (structure.method === 'given') {
    errors.forEach((error, v) =>
      body.set(error, f32x4.sub(start, v128.load(row, memory.rowTargets + 16 * v))),
    );
    return;
  }
  for (const error of errors) body.set(error, start);
  const activation = activationLanes(structure.activation);
  overIndices(body, context, loop, structure.features, () => {
    const importance = body.hold(v128.loadSplat(each, memory.importance));
    const values = errors.map((_, v) => {
      const x = body.hold(v128.load(at, memory.inputs.address + 16 * v));
      return body.hold(activation.value(body, math, x));
    });
    errors.forEach((error, v) =>
      body.set(error, math.multiplySubtract(values[v], importance, error)),
    );
  });
}

/** Emits the neurons of a small hidden layer. Values and slopes are computed together and stay in local variables. */
function emitHeldNeurons(body: Body, context: KernelContext, loop: RowLoop): void {
  const { math, structure, memory } = context;
  const { hidden, inputs } = memory;
  const { row, errors } = loop;
  const activation = activationLanes(structure.activation);
  const held = Array.from({ length: structure.dims }, (_, a) => {
    const offset = a * inputs.stride;
    const neuron: Neuron = { each: i32.const(4 * a), at: row, offset };
    const outputs = errors.map((_error, v) => {
      const h = body.hold(v128.load(row, hidden.address + offset + 16 * v));
      const { value, backward } = activation.withSlope(body, math, h);
      return { value: body.hold(value), backward };
    });
    return { outputs, neuron };
  });
  for (const { outputs, neuron } of held) {
    const values = outputs.map(({ value }) => value);
    addOutput(body, context, loop, values, neuron);
  }
  const pull = emitPull(body, context, loop);
  // All loads before all stores, as V8 requires to pair vectors.
  const sent = held.map(({ outputs, neuron }) => inputErrors(body, context, outputs, pull, neuron));
  held.forEach(({ outputs, neuron }, a) => {
    const weightGradients = outputs.map(({ value }, v) => f32x4.mul(pull[v], value));
    storeNeuron(body, context, neuron, sent[a], weightGradients);
  });
}

/** Emits the neurons of a large hidden layer, in one loop forward and one back. */
function emitLoopedNeurons(body: Body, context: KernelContext, loop: RowLoop): void {
  const { math, structure, memory } = context;
  const { at, each, errors } = loop;
  const { address } = memory.hidden;
  const activation = activationLanes(structure.activation);
  const neuron: Neuron = { each, at, offset: 0 };
  const loadHidden = (v: number): Local<'v128'> => body.hold(v128.load(at, address + 16 * v));
  overIndices(body, context, loop, structure.dims, () => {
    const values = errors.map((_, v) => body.hold(activation.value(body, math, loadHidden(v))));
    addOutput(body, context, loop, values, neuron);
  });
  const pull = emitPull(body, context, loop);
  overIndices(body, context, loop, structure.dims, () => {
    const outputs = errors.map((_, v) => activation.withSlope(body, math, loadHidden(v)));
    const weightGradients = outputs.map(({ value }, v) => f32x4.mul(pull[v], value));
    const sent = inputErrors(body, context, outputs, pull, neuron);
    storeNeuron(body, context, neuron, sent, weightGradients);
  });
}

function loadOutputWeight({ structure, memory }: KernelContext, { each }: Neuron): V128 {
  return v128.loadSplat(each, memory.parameters + 4 * structure.parameters.outputWeights.from);
}

/** Emits code that adds the outputs of a neuron to the errors. */
function addOutput(
  body: Body,
  context: KernelContext,
  { errors }: RowLoop,
  values: RowVectors,
  neuron: Neuron,
): void {
  const outputWeight = context.structure.hasFreeOutputs
    ? body.hold(loadOutputWeight(context, neuron))
    : null;
  errors.forEach((error, v) => {
    const sum =
      outputWeight === null
        ? f32x4.add(values[v], error)
        : context.math.multiplyAdd(values[v], outputWeight, error);
    body.set(error, sum);
  });
}

/** Emits code that adds the loss of the rows. Returns the gradients with respect to the output. */
function emitPull(
  body: Body,
  { math, structure, memory }: KernelContext,
  { row, errors, loss, pulls }: RowLoop,
): RowVectors {
  const weighed = errors.map((error, v) =>
    structure.method === 'given'
      ? body.hold(f32x4.mul(error, v128.load(row, memory.rowWeights + 16 * v)))
      : error,
  );
  const perError = body.hold(v128.loadSplat(i32.const(0), memory.pull));
  const pull = weighed.map((one) => body.hold(f32x4.mul(one, perError)));
  errors.forEach((error, v) => {
    body.set(loss, math.multiplyAdd(weighed[v], error, loss));
    body.set(pulls, f32x4.add(pulls, pull[v]));
  });
  return pull;
}

/** Emits the backward pass of a neuron. Returns the errors of its input. */
function inputErrors(
  body: Body,
  context: KernelContext,
  outputs: readonly ValueAndSlope[],
  pull: RowVectors,
  neuron: Neuron,
): RowVectors {
  const outputWeight = context.structure.hasFreeOutputs
    ? body.hold(loadOutputWeight(context, neuron))
    : null;
  return outputs.map(({ backward }, v) => {
    const through = outputWeight === null ? pull[v] : f32x4.mul(pull[v], outputWeight);
    return body.hold(backward(body.hold(through)));
  });
}

/** Emits code that stores the errors of a neuron's input and adds the gradient of its output weight. */
function storeNeuron(
  body: Body,
  { structure, memory }: KernelContext,
  { each, at, offset }: Neuron,
  sent: RowVectors,
  weightGradients: readonly V128[],
): void {
  body.storeVectors(at, memory.hiddenErrors.address + offset, sent);
  if (!structure.hasFreeOutputs) return;
  const target = memory.gradient + 4 * structure.parameters.outputWeights.from;
  for (const one of weightGradients) {
    const added = sumOfLanes(body, one);
    body.store(each, target, f32.add(f32.load(each, target), added));
  }
}
