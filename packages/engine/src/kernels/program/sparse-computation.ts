import type { KernelMemory, SparsePanel } from './kernel-memory.ts';
import { activationLanes, activations } from '../../activations/registry.ts';
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
import type { Structure } from './structure.ts';
import type { Arithmetic } from '@polysem/numerics/lanes';
import type { FunctionHandle, ModuleBuilder } from '@polysem/numerics/wasm';
import { f32, f32x4, i32, v128 } from '@polysem/numerics/wasm';

/** Defines a function that processes a panel of a scalar computation model from lists of active inputs. */
export function defineSparseComputation(
  module: ModuleBuilder,
  math: Arithmetic,
  structure: Structure,
  memory: KernelMemory,
  panel: SparsePanel,
): FunctionHandle<null> {
  const { features, dims, hasFreeOutputs, parameters } = structure;
  const activation = activationLanes(structure.activation);
  const atZero = activations[structure.activation].value(0);
  const vectors = panel.weights.rowBytes / 16;
  // Padding must not count as neurons, so its output weights are 0; free weights are already followed by zeros.
  const outputWeights = hasFreeOutputs
    ? memory.parameters + 4 * parameters.outputWeights.from
    : panel.fixedOutputs;
  const bias = memory.parameters + 4 * parameters.bias.from;
  const hasBias = parameters.bias.length > 0;
  return module.define(
    ['i32'],
    null,
    (body, rows) => {
      const here = i32.const(0);
      // Apply f to all active inputs, four at a time. Results beyond the last input are never read.
      const entryAt = body.hold(i32.const(0));
      body.while(
        () => i32.ltU(entryAt, i32.load(here, panel.entries)),
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
      const atRest = body.hold(hasBias ? f32.load(here, bias) : f32.const(0));
      if (atZero !== 0) {
        const each = body.hold(i32.const(0));
        body.doWhile(() => {
          const v = f32.mul(f32.load(each, memory.importance), f32.const(atZero));
          body.set(atRest, f32.sub(atRest, v));
          body.set(each, i32.add(each, i32.const(4)));
          return i32.ltU(each, i32.const(4 * features));
        });
      }
      emitHidden(body, math, panel, rows);
      const loss = body.hold(f32x4.const(0));
      const pulls = body.hold(f32x4.const(0));
      const wantsGradient = body.hold(i32.load(here, memory.wantsGradient));
      overRows(body, panel, rows, (row, hiddenAt) => {
        const sum = body.hold(f32x4.const(0));
        for (let k = 0; k < vectors; k++) {
          body.scope(() => {
            const h = body.hold(v128.load(hiddenAt, panel.hidden + 16 * k));
            const value = activation.value(body, math, h);
            const u = v128.load(here, outputWeights + 16 * k);
            body.set(sum, math.multiplyAdd(value, u, sum));
          });
        }
        const error = body.hold(f32.add(sumOfLanes(body, sum), atRest));
        const to = body.hold(i32.load(row, panel.starts + 4));
        overList(body, i32.load(row, panel.starts), to, (at) =>
          body.set(error, f32.sub(error, f32.load(at, panel.targets))),
        );
        const square = f32x4.splat(f32.mul(error, error));
        body.set(loss, f32x4.add(loss, square));
        body.if(wantsGradient, () => {
          const pull = body.hold(f32x4.mul(f32x4.splat(error), v128.loadSplat(here, memory.pull)));
          body.set(pulls, f32x4.add(pulls, pull));
          overParts(vectors, HELD_VECTORS, (first, count) => {
            body.scope(() => {
              const errors = holdVectors(body, hiddenAt, panel.hidden + 16 * first, count).map(
                (h, k) => {
                  const offset = 16 * (first + k);
                  const { value, backward } = activation.withSlope(body, math, h);
                  const through = body.hold(
                    f32x4.mul(pull, v128.load(here, outputWeights + offset)),
                  );
                  const sent = body.hold(backward(through));
                  if (hasFreeOutputs) {
                    const target = panel.outputWeightSums + offset;
                    const added = math.multiplyAdd(pull, value, v128.load(here, target));
                    body.store(here, target, added);
                  }
                  return sent;
                },
              );
              emitEmbeddingGradient(body, math, panel, row, errors, first);
            });
          });
        });
      });
      // Every lane holds the same sum.
      addToLoss(body, memory, f32x4.mul(loss, v128.floats(1, 0, 0, 0)));
      if (hasBias) {
        const target = memory.gradient + 4 * parameters.bias.from;
        body.store(here, target, f32.add(f32.load(here, target), f32x4.lane(pulls, 0)));
      }
      if (hasFreeOutputs) {
        const target = memory.gradient + 4 * parameters.outputWeights.from;
        const each = body.hold(i32.const(0));
        body.doWhile(() => {
          body.store(
            each,
            target,
            f32.add(f32.load(each, target), f32.load(each, panel.outputWeightSums)),
          );
          body.store(each, panel.outputWeightSums, f32.const(0));
          body.set(each, i32.add(each, i32.const(4)));
          return i32.ltU(each, i32.const(4 * dims));
        });
      }
    },
    'computePanel',
  );
}
