import { copula, type CopulaActivity } from './copula.ts';
import type { SamplingContext } from './context.ts';
import { defineDrawnPanel, overStrips } from './drawn-panel.ts';
import { emitValues } from './lane-values.ts';
import { STRIP } from './panel.ts';
import { randomLanes, toUniform } from '@polysem/numerics/lanes';
import { f32x4, i32, v128, type FunctionHandle } from '@polysem/numerics/wasm';

/** Defines a function that samples a dense panel of inputs whose activity follows a copula. */
export function defineDenseCopula(
  context: SamplingContext,
  activity: CopulaActivity,
): FunctionHandle<'i32'> {
  const { math, structure, drawing, memory } = context;
  const { inputs } = memory;
  // The correlated normals are stored in the input array, where the values then replace them.
  const { emitShared, feature } = copula(context, activity, inputs);
  return defineDrawnPanel(context, (body, bytes) => {
    body.scope(() => emitShared(body, bytes));
    const random = randomLanes(body, memory.random);
    const each = body.hold(i32.const(0));
    const column = body.hold(i32.const(0));
    body.doWhile(() => {
      body.scope(() => {
        const isActive = feature(body, random, each, column);
        const scale = body.hold(v128.loadSplat(each, memory.scale));
        overStrips(body, bytes, STRIP / 4, (row) => {
          const at = body.hold(i32.add(column, row));
          const offsets = Array.from({ length: STRIP / 4 }, (_, v) => 16 * v);
          const masks = offsets.map((offset) => body.hold(isActive(row, offset)));
          const uniforms = offsets.map(() => body.hold(toUniform(random.words())));
          const values = uniforms.map((w) =>
            body.hold(emitValues(drawing.values, { body, math, w, words: random.words })),
          );
          const masked = values.map((value, v) => v128.and(f32x4.mul(value, scale), masks[v]));
          body.storeVectors(at, inputs.address, masked);
        });
      });
      body.set(each, i32.add(each, i32.const(4)));
      body.set(column, i32.add(column, i32.const(inputs.stride)));
      return i32.ltU(each, i32.const(4 * structure.features));
    });
    random.save();
  });
}
