import { floats, type KernelMemory } from './kernel-memory.ts';
import { sumOfLanes, wideSum } from './lane-sums.ts';
import type { Structure } from './structure.ts';
import type { Body } from '@polysem/numerics/wasm';
import { f32, f64, i32, v128, type V128 } from '@polysem/numerics/wasm';

/** Adds four lanes of loss to that of the batch. */
export function addToLoss(body: Body, memory: KernelMemory, lanes: V128): void {
  const here = i32.const(0);
  const sum = wideSum(body, lanes);
  body.store(here, memory.loss, f64.add(f64.load(here, memory.loss), sum));
}

/**
 * Adds the sums of a panel of a model with one output a feature to the loss and to the gradient of the biases, and clears them: four
 * lanes a feature, or in the sparse plan one.
 */
export function foldSums(
  body: Body,
  { features, plan, parameters }: Structure,
  memory: KernelMemory,
): void {
  const here = i32.const(0);
  const { from, length } = parameters.bias;
  const gradient = memory.gradient + 4 * from;
  const loss = body.hold(f64.load(here, memory.loss));
  const each = body.hold(i32.const(0));
  body.doWhile(() => {
    body.scope(() => {
      const sumAt = plan === 'sparse' ? each : body.hold(i32.shl(each, i32.const(2)));
      const squares =
        plan === 'sparse'
          ? f32.toF64(f32.load(each, memory.lossSums))
          : wideSum(body, v128.load(sumAt, memory.lossSums));
      const importance = f32.toF64(f32.load(each, memory.importance));
      body.set(loss, f64.add(loss, f64.mul(squares, importance)));
      if (length === 0) return;
      const total =
        plan === 'sparse'
          ? f32.load(each, memory.biasSums)
          : sumOfLanes(body, v128.load(sumAt, memory.biasSums));
      body.store(each, gradient, f32.add(f32.load(each, gradient), total));
    });
    body.set(each, i32.add(each, i32.const(4)));
    return i32.ltU(each, i32.const(4 * features));
  });
  body.store(here, memory.loss, loss);
  const bytes = i32.const(plan === 'sparse' ? floats(features) : 16 * features);
  body.clear(i32.const(memory.lossSums), bytes);
  body.clear(i32.const(memory.biasSums), bytes);
}
