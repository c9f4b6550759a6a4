import { emitValues, linearLanes } from './lane-values.ts';
import { STRIP } from './panel.ts';
import { randomLanes, toWhole, type RandomLanes } from '@polysem/numerics/lanes';
import { defineDrawnPanel } from './drawn-panel.ts';
import type { SamplingContext } from './context.ts';
import {
  f32x4,
  i32,
  v128,
  type Body,
  type FunctionHandle,
  type I32,
  type V128,
} from '@polysem/numerics/wasm';

/**
 * Defines a function that samples a dense panel of independent inputs. A feature is active if a uniform number u is below
 * its density p; u / p is then uniform too and determines the value.
 */
export function defineDenseSampling(context: SamplingContext): FunctionHandle<'i32'> {
  const { structure, memory } = context;
  const { address, stride } = memory.inputs;
  return defineDrawnPanel(context, (body, bytes) => {
    const random = randomLanes(body, memory.random);
    const each = body.hold(i32.const(0));
    const column = body.hold(i32.const(0));
    const at = body.local('i32');
    const end = body.local('i32');
    body.doWhile(() => {
      body.scope(() => {
        const draw = drawer(body, context, random, each);
        body.set(at, column);
        body.set(end, i32.add(column, bytes));
        body.doWhile(() => {
          body.scope(() => {
            const values = Array.from({ length: STRIP / 4 }, () => body.hold(draw()));
            body.storeVectors(at, address, values);
          });
          body.set(at, i32.add(at, i32.const(4 * STRIP)));
          return i32.ltU(at, end);
        });
      });
      body.set(each, i32.add(each, i32.const(4)));
      body.set(column, i32.add(column, i32.const(stride)));
      return i32.ltU(each, i32.const(4 * structure.features));
    });
    random.save();
  });
}

/** Prepares a feature. Each call of the returned function emits the sampling of four of its inputs. */
function drawer(
  body: Body,
  { math, drawing, memory }: SamplingContext,
  random: RandomLanes,
  each: I32,
): () => V128 {
  const density = v128.loadSplat(each, memory.density);
  const threshold = body.hold(f32x4.mul(density, f32x4.const(2 ** 24)));
  const toW = f32x4.mul(v128.loadSplat(each, memory.inverseDensity), f32x4.const(2 ** -24));
  const scale = v128.loadSplat(each, memory.scale);
  const linear = linearLanes(drawing.values);
  if (linear === null) {
    const [factor, heldScale] = [body.hold(toW), body.hold(scale)];
    return () => {
      const u = body.hold(toWhole(random.words()));
      // Rounding can raise the quotient to 1, where an inverse distribution function can be infinite.
      const w = body.hold(f32x4.pmin(f32x4.const(1 - 2 ** -24), f32x4.mul(u, factor)));
      const value = emitValues(drawing.values, { body, math, w, words: random.words });
      return v128.and(f32x4.mul(value, heldScale), f32x4.lt(u, threshold));
    };
  }
  const factor = body.hold(f32x4.mul(f32x4.mul(toW, scale), f32x4.const(linear.factor)));
  const offset = body.hold(f32x4.mul(scale, f32x4.const(linear.offset)));
  return () => {
    const u = body.hold(toWhole(random.words()));
    const value = linear.offset === 0 ? f32x4.mul(u, factor) : math.multiplyAdd(u, factor, offset);
    return v128.and(value, f32x4.lt(u, threshold));
  };
}
