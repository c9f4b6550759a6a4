import { floats, type KernelMemory } from './kernel-memory.ts';
import { sumOfLanes, wideSum } from './lane-sums.ts';
import { storesLists } from './method.ts';
import type { Structure } from './structure.ts';
import type { Body } from '@polysem/numerics/wasm';
import { f32, f64, i32, v128, type V128 } from '@polysem/numerics/wasm';

/** Emits code that adds four lanes of loss to the loss of the batch. */
export function addToLoss(body: Body, memory: KernelMemory, lanes: V128): void {
  const here = i32.const(0);
  const sum = wideSum(body, lanes);
  body.store(here, memory.loss, f64.add(f64.load(here, memory.loss), sum));
}

/**
 * Emits code that adds the sums of a panel to the loss and the bias gradient and then clears them, for a model with one
 * output per feature. There are four lanes of sums per feature, one in methods with lists.
 */
export function foldSums(
  body: Body,
  { features, method, parameters }: Structure,
  memory: KernelMemory,
): void {
  const here = i32.const(0);
  const isOne = storesLists(method);
  const { from, length } = parameters.bias;
  const gradient = memory.gradient + 4 * from;
  const loss = body.hold(f64.load(here, memory.loss));
  const each = body.hold(i32.const(0));
  body.doWhile(() => {
    body.scope(() => {
      const sumAt = isOne ? each : body.hold(i32.shl(each, i32.const(2)));
      const squares = isOne
        ? f32.toF64(f32.load(each, memory.lossSums))
        : wideSum(body, v128.load(sumAt, memory.lossSums));
      const importance = f32.toF64(f32.load(each, memory.importance));
      body.set(loss, f64.add(loss, f64.mul(squares, importance)));
      if (length === 0) return;
      const total = isOne
        ? f32.load(each, memory.biasSums)
        : sumOfLanes(body, v128.load(sumAt, memory.biasSums));
      body.store(each, gradient, f32.add(f32.load(each, gradient), total));
    });
    body.set(each, i32.add(each, i32.const(4)));
    return i32.ltU(each, i32.const(4 * features));
  });
  body.store(here, memory.loss, loss);
  const bytes = i32.const(isOne ? floats(features) : 16 * features);
  body.clear(i32.const(memory.lossSums), bytes);
  body.clear(i32.const(memory.biasSums), bytes);
}
