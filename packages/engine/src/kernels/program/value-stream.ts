import { DRAWN_AT_ONCE } from './drawing-memory.ts';
import type { SamplingContext } from './context.ts';
import { randomLanes, toUniform } from '@polysem/numerics/lanes';
import { emitValues } from './lane-values.ts';
import { f32, i32, type Body, type F32, type I32 } from '@polysem/numerics/wasm';

/** Buffer of sampled values of active features; refilled when it is empty. */
export interface ValueStream {
  /** Emits code that empties the buffer at the beginning of a batch. */
  readonly begin: (body: Body) => void;
  /** Emits code at the beginning of a function that takes values. */
  readonly open: (body: Body) => OpenValues;
}

/** Access to a value stream within one generated function. */
export interface OpenValues {
  /** Emits code that takes the next value, before scaling. */
  readonly next: () => F32;
  /** The random word sampled with the last value. */
  readonly pick: () => I32;
  /** Emits code that saves the position for the next function. */
  readonly close: () => void;
}

/** Defines a buffer of values for cells with a varying number of active features; with a random word per value if `hasPicks`. */
export function defineValueStream(
  { module, math, drawing, memory }: SamplingContext,
  hasPicks = false,
): ValueStream {
  const { drawn } = memory;
  const here = i32.const(0);
  const end = i32.const(4 * DRAWN_AT_ONCE);
  const refill = module.define([], null, (body) => {
    const lanes = randomLanes(body, memory.random);
    const at = body.hold(i32.const(0));
    body.doWhile(() => {
      // One vector from each of the two sets of generators.
      for (const offset of [0, 16]) {
        body.scope(() => {
          const w = body.hold(toUniform(lanes.words()));
          const value = emitValues(drawing.values, { body, math, w, words: lanes.words });
          body.store(at, drawn.values + offset, value);
          if (hasPicks) body.store(at, drawn.picks + offset, lanes.words());
        });
      }
      body.set(at, i32.add(at, i32.const(32)));
      return i32.ltU(at, end);
    });
    lanes.save();
  });
  return {
    begin: (body) => body.store(here, drawn.valueAt, end),
    open: (body) => {
      const at = body.hold(i32.load(here, drawn.valueAt));
      const value = body.local('f32');
      return {
        next: () => {
          body.if(i32.eq(at, end), () => {
            body.call(refill);
            body.set(at, i32.const(0));
          });
          body.set(value, f32.load(at, drawn.values));
          body.set(at, i32.add(at, i32.const(4)));
          return value;
        },
        pick: () => i32.load(at, drawn.picks - 4),
        close: () => body.store(here, drawn.valueAt, at),
      };
    },
  };
}
