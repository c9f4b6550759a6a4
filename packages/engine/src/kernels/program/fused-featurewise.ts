import type { ValueAndSlope } from '../../activations/activation.ts';
import { activationLanes } from '../../activations/registry.ts';
import {
  f32,
  f32x4,
  f64,
  i32,
  v128,
  type Body,
  type FunctionHandle,
  type I32,
  type Local,
  type V128,
} from '@polysem/numerics/wasm';
import type { KernelContext } from './context.ts';
import { sumOfLanes, wideSum } from './lane-sums.ts';
import { stripBytes } from './panel.ts';
import type { Structure } from './structure.ts';

/** Most weights of a model whose step is fused; the sums of their gradients still fit in the registers, or nearly. */
const MOST_WEIGHTS = 5;

/** True if the step of a model with one output per feature is small enough to be fused. */
export function isSmall({ features, dims }: Structure): boolean {
  return features * dims <= MOST_WEIGHTS;
}

type Lanes = Local<'v128'>;
/** Even and odd vectors of rows, or only one of them: V8 pairs them. */
type Both = readonly Lanes[];

/** Sums over the rows of a panel. The gradients are feature-major; those of the read-out are the same if weights are tied. */
interface Sums<T> {
  /** Squared errors of all features, times the importances and 2 / batch. */
  readonly loss: readonly T[];
  readonly bias: readonly T[];
  readonly embedding: readonly T[];
  readonly readOut: readonly T[];
}

/** Numbers that are the same for all rows, in all lanes, feature by feature. */
interface Weights {
  readonly embedding: readonly Lanes[];
  readonly readOut: readonly Lanes[];
  readonly bias: readonly Lanes[];
  readonly pull: readonly Lanes[];
  readonly coefficient: readonly Lanes[];
}

/**
 * Defines a function that processes a panel of a small model with one output per feature: it adds the loss of its rows and, if
 * wanted, their gradient. Its parameter is the number of rows. It computes everything of some rows at once, so that only inputs
 * are read from memory.
 */
export function defineFusedFeaturewise(context: KernelContext): FunctionHandle<null> {
  const { module, structure, memory } = context;
  return module.define(
    ['i32'],
    null,
    (body, rows) => {
      const bytes = body.hold(stripBytes(rows));
      const loops = (wantsGradient: boolean): void => {
        // With wide vectors both parities of vectors fit in registers at once, otherwise only one does.
        for (const parities of structure.isWide ? [[0, 1]] : [[0], [1]])
          body.scope(() => emitLoop(body, context, { bytes, parities, wantsGradient }));
        addSums(body, context, wantsGradient);
      };
      body.if(
        i32.load(i32.const(0), memory.wantsGradient),
        () => loops(true),
        () => loops(false),
      );
    },
    'computePanel',
  );
}

/** A pass over a panel: bytes of its rows, the parities of the vectors, and what to compute. */
interface Pass {
  readonly bytes: I32;
  readonly parities: readonly number[];
  readonly wantsGradient: boolean;
}

function emitLoop(body: Body, context: KernelContext, pass: Pass): void {
  const { structure, memory } = context;
  const weights = loadWeights(body, context);
  const sums = sumsOf(structure, pass.wantsGradient, () =>
    pass.parities.map(() => body.hold(f32x4.const(0))),
  );
  const row = body.hold(i32.const(0));
  body.doWhile(() => {
    body.scope(() => emitRows(body, context, pass, { row, weights, sums }));
    body.set(row, i32.add(row, i32.const(32)));
    return i32.ltU(row, pass.bytes);
  });
  // Stored contiguously, so that V8 can pair them.
  eachSum(sums, structure).forEach((both, k) =>
    body.storeVectors(i32.const(0), memory.tile + 32 * k + 16 * pass.parities[0], both),
  );
}

/** Makes the sums that a pass needs, in the order in which they are stored. */
function sumsOf<T>(
  { features, dims, isTied, parameters }: Structure,
  wantsGradient: boolean,
  make: () => T,
): Sums<T> {
  const all = (count: number): T[] => Array.from({ length: count }, make);
  const loss = all(1);
  const bias = all(wantsGradient ? parameters.bias.length : 0);
  const embedding = all(wantsGradient ? features * dims : 0);
  return { loss, bias, embedding, readOut: isTied ? embedding : all(embedding.length) };
}

/** The sums in the order in which they are stored. */
function eachSum<T>({ loss, bias, embedding, readOut }: Sums<T>, { isTied }: Structure): T[] {
  return [...loss, ...bias, ...embedding, ...(isTied ? [] : readOut)];
}

function loadWeights(body: Body, { structure, memory }: KernelContext): Weights {
  const { features, dims, isTied, hasCoefficients, parameters } = structure;
  const load = (count: number, address: number): Lanes[] =>
    Array.from({ length: count }, (_, k) =>
      body.hold(v128.loadSplat(i32.const(0), address + 4 * k)),
    );
  const parameter = ({ from, length }: { from: number; length: number }): Lanes[] =>
    load(length, memory.parameters + 4 * from);
  const embedding = load(features * dims, memory.parameters);
  return {
    embedding,
    readOut: isTied ? embedding : parameter(parameters.readOut),
    bias: parameter(parameters.bias),
    pull: load(features, memory.pull),
    coefficient: load(hasCoefficients ? features : 0, memory.coefficient),
  };
}

/** Some rows: the byte offset of the first in panel arrays, with what all rows share. */
interface Rows {
  readonly row: I32;
  readonly weights: Weights;
  readonly sums: Sums<Both>;
}

/** Emits everything of two vectors of rows. */
function emitRows(body: Body, context: KernelContext, pass: Pass, rows: Rows): void {
  const { structure, memory } = context;
  const { features, dims } = structure;
  const { address, stride } = memory.inputs;
  const { row, weights, sums } = rows;
  const inputs = Array.from({ length: features }, (_, i) =>
    pass.parities.map((v) => body.hold(v128.load(row, address + i * stride + 16 * v))),
  );
  const hidden = Array.from({ length: dims }, (_, d) => {
    const own = inputs.map((_x, i) => weights.embedding[i * dims + d]);
    return pass.parities.map((_parity, v) =>
      emitHidden(
        body,
        context,
        inputs.map((both) => both[v]),
        own,
      ),
    );
  });
  const hiddenErrors = hidden.map((both) => both.map(() => body.local('v128')));
  inputs.forEach((x, i) =>
    body.scope(() => {
      const values = hidden.map((both) => both.map(({ value }) => value));
      const sent = emitErrors(body, context, pass, rows, { feature: i, x, hidden: values });
      if (!pass.wantsGradient) return;
      if (sums.bias.length > 0) addTo(body, sums.bias[i], (v, sum) => f32x4.add(sum, sent[v]));
      for (let d = 0; d < dims; d++) {
        const k = i * dims + d;
        addProducts(body, context, sums.readOut[k], sent, values[d]);
        const u = weights.readOut[k];
        hiddenErrors[d].forEach((error, v) =>
          body.set(
            error,
            i === 0 ? f32x4.mul(sent[v], u) : context.math.multiplyAdd(sent[v], u, error),
          ),
        );
      }
    }),
  );
  if (!pass.wantsGradient) return;
  hidden.forEach((both, d) => {
    const sent = both.map(({ backward }, v) => body.hold(backward(hiddenErrors[d][v])));
    inputs.forEach((x, i) => addProducts(body, context, sums.embedding[i * dims + d], x, sent));
  });
}

/** Emits one dimension of the hidden vectors of four rows: its value, held, and its backward pass. */
function emitHidden(
  body: Body,
  { math, structure }: KernelContext,
  inputs: readonly Lanes[],
  weights: readonly Lanes[],
): { readonly value: Lanes; readonly backward: ValueAndSlope['backward'] } {
  const sum = body.hold(f32x4.mul(inputs[0], weights[0]));
  for (let i = 1; i < inputs.length; i++)
    body.set(sum, math.multiplyAdd(inputs[i], weights[i], sum));
  if (structure.hiddenActivation === 'linear') return { value: sum, backward: (error) => error };
  const activation = activationLanes(structure.hiddenActivation);
  const { value, backward } = activation.withSlope(body, math, sum);
  return { value: body.hold(value), backward };
}

/** A feature with its inputs and the hidden vectors of the same rows. */
interface Output {
  readonly feature: number;
  readonly x: Both;
  readonly hidden: readonly Both[];
}

/** Emits the gradients with respect to the outputs of a feature before the activation, and adds their squared errors. */
function emitErrors(
  body: Body,
  { math, structure, memory }: KernelContext,
  { parities }: Pass,
  { row, weights, sums }: Rows,
  { feature, x, hidden }: Output,
): Lanes[] {
  const { dims, hasCoefficients, parameters } = structure;
  const activation = activationLanes(structure.activation);
  const target = activationLanes(structure.target);
  const first = feature * dims;
  const results = parities.map((parity, v) => {
    const u = weights.readOut;
    const sum = body.hold(
      parameters.bias.length > 0
        ? math.multiplyAdd(hidden[0][v], u[first], weights.bias[feature])
        : f32x4.mul(hidden[0][v], u[first]),
    );
    for (let d = 1; d < dims; d++) body.set(sum, math.multiplyAdd(hidden[d][v], u[first + d], sum));
    const { value, backward } = activation.withSlope(body, math, sum);
    const wanted = target.value(body, math, x[v]);
    const error = body.hold(
      hasCoefficients
        ? math.multiplySubtract(wanted, weights.coefficient[feature], value)
        : f32x4.sub(value, wanted),
    );
    const weighed =
      structure.method === 'given'
        ? body.hold(f32x4.mul(error, v128.load(row, memory.rowWeights + 16 * parity)))
        : error;
    const pulled = body.hold(f32x4.mul(weighed, weights.pull[feature]));
    return { error, pulled, backward };
  });
  addTo(body, sums.loss[0], (v, sum) => math.multiplyAdd(results[v].error, results[v].pulled, sum));
  return results.map(({ pulled, backward }) => body.hold(backward(pulled)));
}

function addTo(body: Body, sums: Both, next: (v: number, sum: Lanes) => V128): void {
  sums.forEach((sum, v) => body.set(sum, next(v, sum)));
}

function addProducts(
  body: Body,
  { math }: KernelContext,
  sums: Both,
  left: Both,
  right: Both,
): void {
  addTo(body, sums, (v, sum) => math.multiplyAdd(left[v], right[v], sum));
}

/** Emits code that adds the sums over rows, which are stored, to those of the panel and to the gradient. */
function addSums(body: Body, { structure, memory }: KernelContext, wantsGradient: boolean): void {
  const { isTied, parameters } = structure;
  const here = i32.const(0);
  let stored = memory.tile;
  const sums = sumsOf(structure, wantsGradient, () => {
    const sum = f32x4.add(v128.load(here, stored), v128.load(here, stored + 16));
    stored += 32;
    return sum;
  });
  const addNumber = (address: number) => (sum: V128, k: number) => {
    const at = address + 4 * k;
    body.store(here, at, f32.add(f32.load(here, at), sumOfLanes(body, sum)));
  };
  const batch =
    structure.method === 'given' ? f64.const(1) : f64.fromI32(i32.load(here, memory.batch));
  const loss = f64.mul(f64.mul(wideSum(body, sums.loss[0]), batch), f64.const(0.5));
  body.store(here, memory.loss, f64.add(f64.load(here, memory.loss), loss));
  sums.bias.forEach(addNumber(memory.gradient + 4 * parameters.bias.from));
  sums.embedding.forEach(addNumber(memory.gradient));
  if (!isTied) sums.readOut.forEach(addNumber(memory.gradient + 4 * parameters.readOut.from));
}
