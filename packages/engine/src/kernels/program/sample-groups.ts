import type { ActiveSampling } from './active-sampling.ts';
import type { SamplingContext } from './context.ts';
import type { DrawingMemory } from './drawing-memory.ts';
import type { Activity } from './drawing.ts';
import {
  defineGapWalk,
  emitAliased,
  gapChoices,
  gapValues,
  type ActiveCell,
} from './sample-gaps.ts';
import { defineValueStream } from './value-stream.ts';
import { randomIntegerBelow } from './random-integer.ts';
import type { Body, Local } from '@polysem/numerics/wasm';
import { f32, i32 } from '@polysem/numerics/wasm';

type Together = Extract<Activity, { readonly kind: 'together' }>;
type OneOf = Extract<Activity, { readonly kind: 'one-of' }>;

/** Defines the functions that sample active inputs of groups active together, by the gaps between active groups. */
export function defineTogetherSampling(
  context: SamplingContext,
  { groups, isMixed }: Together,
): ActiveSampling {
  const { module, memory } = context;
  const { drawn } = memory;
  const gaps = defineGapWalk(context, { columns: groups, isMixed, companions: [] });
  const stream = defineValueStream(context);
  const begin = module.define([], null, (body) => {
    body.call(gaps.begin);
    stream.begin(body);
  });
  return {
    begin,
    walk: (body, visit) => {
      const values = stream.open(body);
      gaps.walk(body, ({ row, column, stop }) =>
        visit({
          row,
          stop,
          entries: (onEntry) => {
            const group = i32.shl(column, i32.const(2));
            const place = body.hold(i32.load(group, drawn.groupStarts));
            const end = body.hold(i32.load(group, drawn.groupStarts + 4));
            body.doWhile(() => {
              body.scope(() => {
                const each = body.hold(i32.load(place, drawn.members));
                const value = f32.mul(values.next(), f32.load(each, memory.scale));
                onEntry(body.hold(i32.shrU(each, i32.const(2))), value);
              });
              body.set(place, i32.add(place, i32.const(4)));
              return i32.ltU(place, end);
            });
          },
        }),
      );
      values.close();
    },
  };
}

/** Defines the functions that sample active inputs of groups with at most one active feature. */
export function defineOneOfSampling(
  context: SamplingContext,
  { groups, isMixed, isUneven }: OneOf,
): ActiveSampling {
  const { memory } = context;
  const { drawn } = memory;
  const companions = [gapValues(context), ...gapChoices(drawn, isUneven)];
  const gaps = defineGapWalk(context, { columns: groups, isMixed, companions });
  return {
    begin: gaps.begin,
    walk: (body, visit) =>
      gaps.walk(body, (cell) => {
        const { row, at, stop } = cell;
        visit({
          row,
          stop,
          entries: (onEntry) => {
            const each = emitChoice(body, drawn, cell, isUneven);
            const value = f32.mul(f32.load(at, memory.gapValues), f32.load(each, memory.scale));
            onEntry(body.hold(i32.shrU(each, i32.const(2))), value);
          },
        });
      }),
  };
}

/** Emits the choice of a group's active feature; returns 4 times the feature. */
function emitChoice(
  body: Body,
  drawn: DrawingMemory,
  { column, at }: ActiveCell,
  isUneven: boolean,
): Local<'i32'> {
  const group = body.hold(i32.shl(column, i32.const(2)));
  const own = randomIntegerBelow(i32.load(at, drawn.choices), i32.load(group, drawn.groupSizes));
  const place = body.hold(i32.add(i32.load(group, drawn.groupStarts), i32.shl(own, i32.const(2))));
  const each = body.hold(i32.load(place, drawn.members));
  if (isUneven) emitAliased(body, drawn, { at, slot: place, chosen: each }, drawn);
  return each;
}
