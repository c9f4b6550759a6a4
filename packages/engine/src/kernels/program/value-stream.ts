import { DRAWN_AT_ONCE, type DrawingMemory } from './drawing-memory.ts';
import type { Drawing } from './drawing.ts';
import type { Arithmetic } from '@polysem/numerics/lanes';
import { randomLanes, toUniform } from '@polysem/numerics/lanes';
import { shapeValues } from '@polysem/core/features';
import type { Body, ModuleBuilder } from '@polysem/numerics/wasm';
import { f32, i32, type F32, type I32 } from '@polysem/numerics/wasm';

/** Values of active features, drawn some dozens at a time and taken one by one. */
export interface ValueStream {
  /** Emits the beginning of a batch. */
  readonly begin: (body: Body) => void;
  /** Emits the beginning of a function's taking. */
  readonly open: (body: Body) => OpenValues;
}

export interface OpenValues {
  /** Emits the taking of a value, unscaled. */
  readonly next: () => F32;
  /** The word that was drawn with the value last taken. */
  readonly pick: () => I32;
  /** Emits what a later function's taking needs to know. */
  readonly close: () => void;
}

/** Defines the drawing of values beside that of gaps, for cells that have any number of them; with a word each, if `hasPicks`. */
export function defineValueStream(
  module: ModuleBuilder,
  math: Arithmetic,
  { shape, degreesOfFreedom }: Drawing,
  random: number,
  memory: DrawingMemory,
  hasPicks = false,
): ValueStream {
  const here = i32.const(0);
  const end = i32.const(4 * DRAWN_AT_ONCE);
  const refill = module.define([], null, (body) => {
    const lanes = randomLanes(body, random);
    const at = body.hold(i32.const(0));
    body.doWhile(() => {
      // One of either set of generators.
      for (const offset of [0, 16]) {
        body.scope(() => {
          const w = body.hold(toUniform(lanes.words()));
          const value = shapeValues[shape](body, math, w, lanes.words, degreesOfFreedom);
          body.store(at, memory.values + offset, value);
          if (hasPicks) body.store(at, memory.picks + offset, lanes.words());
        });
      }
      body.set(at, i32.add(at, i32.const(32)));
      return i32.ltU(at, end);
    });
    lanes.save();
  });
  return {
    begin: (body) => body.store(here, memory.valueAt, end),
    open: (body) => {
      const at = body.hold(i32.load(here, memory.valueAt));
      const value = body.local('f32');
      return {
        next: () => {
          body.if(i32.eq(at, end), () => {
            body.call(refill);
            body.set(at, i32.const(0));
          });
          body.set(value, f32.load(at, memory.values));
          body.set(at, i32.add(at, i32.const(4)));
          return value;
        },
        pick: () => i32.load(at, memory.picks - 4),
        close: () => body.store(here, memory.valueAt, at),
      };
    },
  };
}
