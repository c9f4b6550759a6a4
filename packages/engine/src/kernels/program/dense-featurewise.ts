import { activationLanes } from '../../activations/registry.ts';
import type { KernelContext } from './context.ts';
import { stripBytes } from './panel.ts';
import { emitGradientProduct } from './gradient-product.ts';
import { emitRowProduct, overSums, storeSums, type TileOutput } from './row-product.ts';
import type { Body, FunctionHandle, I32, Local } from '@polysem/numerics/wasm';
import { foldSums } from './loss-sum.ts';
import { f32x4, i32, v128 } from '@polysem/numerics/wasm';

/**
 * Defines a function that processes a panel of a model with one output per feature: it adds the loss of its rows and, if
 * wanted, their gradient. Its parameter is the number of rows.
 */
export function defineDenseFeaturewise(context: KernelContext): FunctionHandle<null> {
  const { module, structure, memory } = context;
  return module.define(
    ['i32'],
    null,
    (body, rows) => {
      const bytes = body.hold(stripBytes(rows));
      emitHidden(body, context, bytes);
      emitOutputs(body, context, bytes);
      foldSums(body, structure, memory);
      body.if(i32.eqz(i32.load(i32.const(0), memory.wantsGradient)), () => body.return());
      emitHiddenErrors(body, context, bytes);
      emitGradients(body, context, bytes);
    },
    'computePanel',
  );
}

/** Address of the read-out; with tied weights that of the embedding. */
function readOutAddress({ structure, memory }: KernelContext): number {
  const { isTied, parameters } = structure;
  return memory.parameters + (isTied ? 0 : 4 * parameters.readOut.from);
}

/** Emits the hidden vectors. Those of a nonlinear hidden layer are also stored before the activation. */
function emitHidden(body: Body, context: KernelContext, bytes: I32): void {
  const { math, structure, memory } = context;
  const { inputs, hidden, before } = memory;
  const activation = activationLanes(structure.hiddenActivation);
  emitRowProduct(body, context, bytes, {
    outputs: structure.dims,
    inputs: structure.features,
    input: inputs,
    weights: { address: memory.parameters, perOutput: 4, perInput: 4 * structure.dims },
    outputStride: inputs.stride,
    start: () => f32x4.const(0),
    finish:
      structure.hiddenActivation === 'linear'
        ? storeSums(body, hidden)
        : overSums(body, (sum, at, offset) => {
            body.store(at, before.address + offset, sum);
            body.store(at, hidden.address + offset, activation.value(body, math, sum));
          }),
  });
}

/** Emits the outputs with their errors and losses. */
function emitOutputs(body: Body, context: KernelContext, bytes: I32): void {
  const { structure, memory } = context;
  const { features, dims, parameters } = structure;
  const bias = memory.parameters + 4 * parameters.bias.from;
  emitRowProduct(body, context, bytes, {
    outputs: features,
    inputs: dims,
    input: memory.hidden,
    weights: { address: readOutAddress(context), perOutput: 4 * dims, perInput: 4 },
    outputStride: memory.inputs.stride,
    start: (each, eachOffset) =>
      parameters.bias.length > 0 ? v128.loadSplat(each, bias + eachOffset) : f32x4.const(0),
    finish: (outputs) => {
      for (const output of outputs) body.scope(() => emitErrors(body, context, output));
    },
  });
}

/** Emits the errors of one output, and adds its loss and bias gradient. */
function emitErrors(body: Body, context: KernelContext, output: TileOutput): void {
  const { math, structure, memory } = context;
  const { each, eachOffset, rows: at, rowsOffset, row, sums } = output;
  const activation = activationLanes(structure.activation);
  const target = activationLanes(structure.target);
  const pull = body.hold(v128.loadSplat(each, memory.pull + eachOffset));
  const coefficient = structure.hasCoefficients
    ? body.hold(v128.loadSplat(each, memory.coefficient + eachOffset))
    : null;
  // All loads before all stores: V8 pairs vectors only if it need not reorder loads and stores.
  const outputs = sums.map((sum, v) => {
    const computed = activation.withSlope(body, math, sum);
    const x = body.hold(v128.load(at, memory.inputs.address + rowsOffset + 16 * v));
    return { computed, x };
  });
  const errors = outputs.map(({ computed: { value, backward }, x }, v) => {
    const wanted = target.value(body, math, x);
    const error = body.hold(
      coefficient === null
        ? f32x4.sub(value, wanted)
        : math.multiplySubtract(wanted, coefficient, value),
    );
    const weighed =
      structure.method === 'given'
        ? body.hold(f32x4.mul(error, v128.load(row, memory.rowWeights + 16 * v)))
        : error;
    const sent = body.hold(backward(body.hold(f32x4.mul(weighed, pull))));
    return { error, weighed, sent };
  });
  body.storeVectors(
    at,
    memory.errors.address + rowsOffset,
    errors.map(({ sent }) => sent),
  );
  addErrors(body, context, output, errors);
}

/** Emits code that adds the squared errors and the bias gradient of one output to the sums of the panel. */
function addErrors(
  body: Body,
  { math, structure, memory }: KernelContext,
  { each, eachOffset }: TileOutput,
  errors: readonly Readonly<Record<'error' | 'weighed' | 'sent', Local<'v128'>>>[],
): void {
  const hasBias = structure.parameters.bias.length > 0;
  const sumAt = i32.shl(each, i32.const(2));
  const lossAt = memory.lossSums + 4 * eachOffset;
  const biasAt = memory.biasSums + 4 * eachOffset;
  const squares = body.hold(v128.load(sumAt, lossAt));
  const total = body.hold(v128.load(sumAt, biasAt));
  // Two vectors at a time for every tile size, so that the order of the sums is the same.
  for (let v = 0; v < errors.length; v += 2) {
    const [a, b] = [errors[v], errors[v + 1]];
    const square = f32x4.mul(a.error, a.weighed);
    body.set(squares, f32x4.add(squares, math.multiplyAdd(b.error, b.weighed, square)));
    if (hasBias) body.set(total, f32x4.add(total, f32x4.add(a.sent, b.sent)));
  }
  body.store(sumAt, lossAt, squares);
  if (hasBias) body.store(sumAt, biasAt, total);
}

/** Emits the gradients with respect to the hidden vectors, before their activation. */
function emitHiddenErrors(body: Body, context: KernelContext, bytes: I32): void {
  const { math, structure, memory } = context;
  const { features, dims } = structure;
  const { hiddenErrors, before } = memory;
  const activation = activationLanes(structure.hiddenActivation);
  emitRowProduct(body, context, bytes, {
    outputs: dims,
    inputs: features,
    input: memory.errors,
    weights: { address: readOutAddress(context), perOutput: 4, perInput: 4 * dims },
    outputStride: memory.inputs.stride,
    start: () => f32x4.const(0),
    finish:
      structure.hiddenActivation === 'linear'
        ? storeSums(body, hiddenErrors)
        : overSums(body, (sum, at, offset) => {
            const value = body.hold(v128.load(at, before.address + offset));
            const { backward } = activation.withSlope(body, math, value);
            body.store(at, hiddenErrors.address + offset, backward(sum));
          }),
  });
}

/** Emits the gradients of embedding and read-out, which share one if they are tied. */
function emitGradients(body: Body, context: KernelContext, bytes: I32): void {
  const { structure, memory } = context;
  const { features, dims, isTied, parameters } = structure;
  const { inputs, hidden, errors, hiddenErrors } = memory;
  const intoEmbedding = { left: inputs, right: hiddenErrors };
  const intoReadOut = { left: errors, right: hidden };
  const sizes = { rowBytes: bytes, lefts: features, rights: dims };
  emitGradientProduct(body, context, {
    ...sizes,
    pairs: isTied ? [intoEmbedding, intoReadOut] : [intoEmbedding],
    target: memory.gradient,
  });
  if (isTied) return;
  emitGradientProduct(body, context, {
    ...sizes,
    pairs: [intoReadOut],
    target: memory.gradient + 4 * parameters.readOut.from,
  });
}
