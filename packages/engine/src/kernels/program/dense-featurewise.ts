import type { KernelMemory } from './kernel-memory.ts';
import { activationLanes } from '../../activations/registry.ts';
import { stripBytes } from './panel.ts';
import { emitGradientProduct } from './gradient-product.ts';
import { emitRowProduct, overSums, storeSums } from './row-product.ts';
import type { Structure } from './structure.ts';
import type { Arithmetic } from '@polysem/numerics/lanes';
import type { FunctionHandle, ModuleBuilder } from '@polysem/numerics/wasm';
import { foldSums } from './loss-sum.ts';
import { f32x4, i32, v128 } from '@polysem/numerics/wasm';

/**
 * Defines a function that processes a panel of a model with one output per feature: it adds the loss of its rows and, if
 * wanted, their gradient. Its parameter is the number of rows.
 */
export function defineDenseFeaturewise(
  module: ModuleBuilder,
  math: Arithmetic,
  structure: Structure,
  memory: KernelMemory,
): FunctionHandle<null> {
  const { features, dims, isTied, isWide, parameters } = structure;
  const { inputs, hidden, errors, hiddenErrors } = memory;
  const activation = activationLanes(structure.activation);
  const hasBias = parameters.bias.length > 0;
  const bias = memory.parameters + 4 * parameters.bias.from;
  const readOut = memory.parameters + (isTied ? 0 : 4 * parameters.readOut.from);
  const outputStride = inputs.stride;
  const target = activationLanes(structure.target);
  const hasHidden = structure.hiddenActivation !== 'linear';
  const hiddenActivation = activationLanes(structure.hiddenActivation);
  const hasWeights = structure.method === 'given';
  return module.define(
    ['i32'],
    null,
    (body, rows) => {
      const here = i32.const(0);
      const bytes = body.hold(stripBytes(rows));
      emitRowProduct(body, math, bytes, {
        isWide,
        outputs: dims,
        inputs: features,
        input: inputs,
        weights: { address: memory.parameters, perOutput: 4, perInput: 4 * dims },
        outputStride,
        start: () => f32x4.const(0),
        finish: !hasHidden
          ? storeSums(body, hidden)
          : overSums(body, (sum, at, offset) => {
              body.store(at, memory.before.address + offset, sum);
              body.store(at, hidden.address + offset, hiddenActivation.value(body, math, sum));
            }),
      });
      emitRowProduct(body, math, bytes, {
        isWide,
        outputs: features,
        inputs: dims,
        input: hidden,
        weights: { address: readOut, perOutput: 4 * dims, perInput: 4 },
        outputStride,
        start: (each, eachOffset) =>
          hasBias ? v128.loadSplat(each, bias + eachOffset) : f32x4.const(0),
        finish: (outputs) => {
          outputs.forEach(({ each, eachOffset, rows: at, rowsOffset, row, sums }) => {
            body.scope(() => {
              const pull = body.hold(v128.loadSplat(each, memory.pull + eachOffset));
              const coefficient = structure.hasCoefficients
                ? body.hold(v128.loadSplat(each, memory.coefficient + eachOffset))
                : null;
              // All loads before all stores: V8 pairs vectors only if it need not reorder loads and stores.
              const errorsOf = sums.map((sum, v) => ({
                ...activation.withSlope(body, math, sum),
                x: body.hold(v128.load(at, inputs.address + rowsOffset + 16 * v)),
              }));
              const pulled = errorsOf.map(({ value, backward, x }, v) => {
                const wanted = target.value(body, math, x);
                const error = body.hold(
                  coefficient === null
                    ? f32x4.sub(value, wanted)
                    : math.multiplySubtract(wanted, coefficient, value),
                );
                const weighed = hasWeights
                  ? body.hold(f32x4.mul(error, v128.load(row, memory.rowWeights + 16 * v)))
                  : error;
                const sent = body.hold(backward(body.hold(f32x4.mul(weighed, pull))));
                return { error, weighed, sent };
              });
              pulled.forEach(({ sent }, v) => {
                body.store(at, errors.address + rowsOffset + 16 * v, sent);
              });
              const sumAt = i32.shl(each, i32.const(2));
              const lossAt = memory.lossSums + 4 * eachOffset;
              const biasAt = memory.biasSums + 4 * eachOffset;
              const squares = body.hold(v128.load(sumAt, lossAt));
              const total = body.hold(v128.load(sumAt, biasAt));
              // Two vectors at a time for every tile size, so that the order of the sums is the same.
              for (let v = 0; v < pulled.length; v += 2) {
                const [a, b] = [pulled[v], pulled[v + 1]];
                const square = f32x4.mul(a.error, a.weighed);
                body.set(squares, f32x4.add(squares, math.multiplyAdd(b.error, b.weighed, square)));
                if (hasBias) body.set(total, f32x4.add(total, f32x4.add(a.sent, b.sent)));
              }
              body.store(sumAt, lossAt, squares);
              if (hasBias) body.store(sumAt, biasAt, total);
            });
          });
        },
      });
      foldSums(body, structure, memory);
      body.if(i32.eqz(i32.load(here, memory.wantsGradient)), () => body.return());
      emitRowProduct(body, math, bytes, {
        isWide,
        outputs: dims,
        inputs: features,
        input: errors,
        weights: { address: readOut, perOutput: 4, perInput: 4 * dims },
        outputStride,
        start: () => f32x4.const(0),
        finish: !hasHidden
          ? storeSums(body, hiddenErrors)
          : overSums(body, (sum, at, offset) => {
              const before = body.hold(v128.load(at, memory.before.address + offset));
              const { backward } = hiddenActivation.withSlope(body, math, before);
              body.store(at, hiddenErrors.address + offset, backward(sum));
            }),
      });
      const intoEmbedding = { left: inputs, right: hiddenErrors };
      const intoReadOut = { left: errors, right: hidden };
      const sizes = { lefts: features, rights: dims };
      emitGradientProduct(body, math, bytes, {
        ...sizes,
        isWide,
        scratch: memory.tile,
        pairs: isTied ? [intoEmbedding, intoReadOut] : [intoEmbedding],
        target: memory.gradient,
      });
      if (!isTied) {
        emitGradientProduct(body, math, bytes, {
          ...sizes,
          isWide,
          scratch: memory.tile,
          pairs: [intoReadOut],
          target: memory.gradient + 4 * parameters.readOut.from,
        });
      }
    },
    'computePanel',
  );
}
