import type { KernelMemory } from './kernel-memory.ts';
import { activationLanes } from '../../activations/registry.ts';
import { addToLoss } from './loss-sum.ts';
import { stripBytes } from './panel.ts';
import { emitGradientProduct } from './gradient-product.ts';
import { sumOfLanes } from './lane-sums.ts';
import { emitRowProduct, storeSums } from './row-product.ts';
import type { Structure } from './structure.ts';
import type { Arithmetic } from '@polysem/numerics/lanes';
import type { FunctionHandle, Local, ModuleBuilder } from '@polysem/numerics/wasm';
import { f32, f32x4, i32, v128, type I32, type V128 } from '@polysem/numerics/wasm';

/** Largest number of neurons whose values are kept in local variables. */
const HELD = 6;

/** Addresses of one neuron: `load(each, array)`, and in panel arrays `load(at, array.address + offset)`. */
interface Neuron {
  readonly each: I32;
  readonly at: I32;
  readonly offset: number;
}

/**
 * Defines a function that processes a panel of a scalar computation model: it adds the loss of its rows and, if wanted,
 * their gradient. Its parameter is the number of rows.
 */
export function defineDenseComputation(
  module: ModuleBuilder,
  math: Arithmetic,
  structure: Structure,
  memory: KernelMemory,
): FunctionHandle<null> {
  const { features, dims, hasFreeOutputs, isWide, parameters } = structure;
  const { inputs, hidden, hiddenErrors } = memory;
  const activation = activationLanes(structure.activation);
  const bias = memory.parameters + 4 * parameters.bias.from;
  const hasBias = parameters.bias.length > 0;
  const isGiven = structure.method === 'given';
  const outputWeights = memory.parameters + 4 * parameters.outputWeights.from;
  const gradientOf = (from: number): number => memory.gradient + 4 * from;
  return module.define(
    ['i32'],
    null,
    (body, rows) => {
      const here = i32.const(0);
      const bytes = body.hold(stripBytes(rows));
      const loss = body.hold(f32x4.const(0));
      const pulls = body.hold(f32x4.const(0));
      emitRowProduct(body, math, bytes, {
        isWide,
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
      /** Emits a loop over `count` indices of a panel array. */
      const overIndices = (count: number, visit: () => void): void => {
        body.set(at, row);
        body.set(each, i32.const(0));
        body.doWhile(() => {
          body.scope(visit);
          body.set(at, i32.add(at, i32.const(inputs.stride)));
          body.set(each, i32.add(each, i32.const(4)));
          return i32.ltU(each, i32.const(4 * count));
        });
      };
      body.doWhile(() => {
        body.set(error, hasBias ? v128.loadSplat(here, bias) : f32x4.const(0));
        if (isGiven) body.set(error, f32x4.sub(error, v128.load(row, memory.rowTargets)));
        else
          overIndices(features, () => {
            const x = body.hold(v128.load(at, inputs.address));
            const importance = v128.loadSplat(each, memory.importance);
            const value = body.hold(activation.value(body, math, x));
            body.set(error, math.multiplySubtract(value, importance, error));
          });
        const few = dims <= HELD ? Array.from({ length: dims }, (_, a) => a) : null;
        const neuron = (a: number): Neuron => ({
          each: i32.const(4 * a),
          at: row,
          offset: a * inputs.stride,
        });
        const addOutput = (value: V128, { each: place }: Neuron): void => {
          const weighted = hasFreeOutputs
            ? math.multiplyAdd(value, v128.loadSplat(place, outputWeights), error)
            : f32x4.add(value, error);
          body.set(error, weighted);
        };
        const sendBack = (
          { value, backward }: ReturnType<typeof activation.withSlope>,
          pull: Local<'v128'>,
          { each: place, at: rows4, offset }: Neuron,
        ): void => {
          const through = hasFreeOutputs
            ? f32x4.mul(pull, v128.loadSplat(place, outputWeights))
            : pull;
          body.store(rows4, hiddenErrors.address + offset, backward(body.hold(through)));
          if (hasFreeOutputs) {
            const target = gradientOf(parameters.outputWeights.from);
            const added = sumOfLanes(body, f32x4.mul(pull, value));
            body.store(place, target, f32.add(f32.load(place, target), added));
          }
        };
        const pullOf = (): Local<'v128'> => {
          const weighed = isGiven
            ? body.hold(f32x4.mul(error, v128.load(row, memory.rowWeights)))
            : error;
          body.set(loss, math.multiplyAdd(weighed, error, loss));
          const pull = body.hold(f32x4.mul(weighed, v128.loadSplat(here, memory.pull)));
          body.set(pulls, f32x4.add(pulls, pull));
          return pull;
        };
        body.scope(() => {
          if (few !== null) {
            // Compute value and slope of each activation together.
            const held = few.map((a) => {
              const h = body.hold(v128.load(row, hidden.address + a * inputs.stride));
              const { value, backward } = activation.withSlope(body, math, h);
              return { value: body.hold(value), backward };
            });
            held.forEach(({ value }, a) => addOutput(value, neuron(a)));
            const pull = pullOf();
            held.forEach((both, a) => sendBack(both, pull, neuron(a)));
            return;
          }
          const moving = { each, at, offset: 0 };
          overIndices(dims, () => {
            const h = body.hold(v128.load(at, hidden.address));
            addOutput(body.hold(activation.value(body, math, h)), moving);
          });
          const pull = pullOf();
          overIndices(dims, () => {
            const h = body.hold(v128.load(at, hidden.address));
            sendBack(activation.withSlope(body, math, h), pull, moving);
          });
        });
        body.set(row, i32.add(row, i32.const(16)));
        return i32.ltU(row, bytes);
      });
      addToLoss(body, memory, loss);
      body.if(i32.eqz(i32.load(here, memory.wantsGradient)), () => body.return());
      if (hasBias) {
        const target = gradientOf(parameters.bias.from);
        body.store(here, target, f32.add(f32.load(here, target), sumOfLanes(body, pulls)));
      }
      emitGradientProduct(body, math, bytes, {
        isWide,
        scratch: memory.tile,
        lefts: features,
        rights: dims,
        pairs: [{ left: inputs, right: hiddenErrors }],
        target: memory.gradient,
      });
    },
    'computePanel',
  );
}
