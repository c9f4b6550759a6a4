import { copula, type CopulaActivity } from './copula.ts';
import type { Drawing } from './drawing.ts';
import { defineDrawnPanel, overStrips } from './drawn-panel.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { STRIP } from './panel.ts';
import type { Structure } from './structure.ts';
import type { Arithmetic } from '../../lanes/arithmetic.ts';
import { randomLanes, toUniform } from '../../lanes/random-lanes.ts';
import { shapeValues } from '../../lanes/shape-values.ts';
import type { FunctionHandle, ModuleBuilder } from '../../wasm/module.ts';
import { f32x4, i32, v128 } from '../../wasm/value.ts';

/** Defines the drawing of a panel of inputs whose activity has a copula, every one of them. */
export function defineDenseCopula(
  module: ModuleBuilder,
  math: Arithmetic,
  structure: Structure,
  { shape, degreesOfFreedom }: Drawing,
  activity: CopulaActivity,
  memory: KernelMemory,
): FunctionHandle<'i32'> {
  const { inputs } = memory;
  // Levels make place for the values.
  const { emitShared, feature } = copula(math, structure, activity, memory, inputs);
  return defineDrawnPanel(module, structure, memory, (body, bytes) => {
    body.scope(() => emitShared(body, bytes));
    const random = randomLanes(body, memory.random);
    const each = body.hold(i32.const(0));
    const column = body.hold(i32.const(0));
    body.doWhile(() => {
      body.scope(() => {
        const active = feature(body, random, each, column);
        const scale = body.hold(v128.loadSplat(each, memory.scale));
        overStrips(body, bytes, STRIP / 4, (row) => {
          const at = body.hold(i32.add(column, row));
          for (let offset = 0; offset < 4 * STRIP; offset += 16) {
            body.scope(() => {
              const mask = body.hold(active(row, offset));
              const w = body.hold(toUniform(random.words()));
              const value = shapeValues[shape](body, math, w, random.words, degreesOfFreedom);
              const scaled = f32x4.mul(value, scale);
              body.store(at, inputs.address + offset, v128.and(scaled, mask));
            });
          }
        });
      });
      body.set(each, i32.add(each, i32.const(4)));
      body.set(column, i32.add(column, i32.const(inputs.stride)));
      return i32.ltU(each, i32.const(4 * structure.features));
    });
    random.save();
  });
}
