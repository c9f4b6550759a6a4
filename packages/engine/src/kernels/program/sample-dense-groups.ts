import type { SamplingContext } from './context.ts';
import type { Activity } from './drawing.ts';
import { defineDrawnPanel, overStrips } from './drawn-panel.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { emitValues } from './lane-values.ts';
import { STRIP } from './panel.ts';
import { randomLanes, toUniform, toWhole, type RandomLanes } from '@polysem/numerics/lanes';
import {
  f32x4,
  i32,
  v128,
  type Body,
  type FunctionHandle,
  type I32,
  type Local,
  type V128,
} from '@polysem/numerics/wasm';

const VECTORS: readonly number[] = Array.from({ length: STRIP / 4 }, (_, v) => v);

/**
 * Defines a function that samples a dense panel of grouped inputs. One uniform number per row and group decides whether
 * the group is active (`together`), or which of its features is (`one-of`). Values are sampled per feature for `together`
 * and per group for `one-of`.
 */
export function defineDenseGroups(
  context: SamplingContext,
  { kind, groups }: Extract<Activity, { readonly groups: number }>,
): FunctionHandle<'i32'> {
  const { drawn } = context.memory;
  const emitGroup = kind === 'together' ? emitTogether : emitOneOf;
  return defineDrawnPanel(context, (body, bytes) => {
    const random = randomLanes(body, context.memory.random);
    const group = body.hold(i32.const(0));
    body.doWhile(() => {
      const first = body.hold(i32.load(group, drawn.groupStarts));
      const end = body.hold(i32.load(group, drawn.groupStarts + 4));
      overStrips(body, bytes, VECTORS.length, (row) => {
        const place = body.hold(first);
        emitGroup(body, { ...context, random }, { place, end, row });
      });
      body.set(group, i32.add(group, i32.const(4)));
      return i32.ltU(group, i32.const(4 * groups));
    });
    random.save();
  });
}

interface GroupContext extends SamplingContext {
  readonly random: RandomLanes;
}

/** Range of members of a group, and the rows of a strip. */
interface GroupStrip {
  readonly place: Local<'i32'>;
  readonly end: I32;
  readonly row: I32;
}

function emitTogether(body: Body, context: GroupContext, strip: GroupStrip): void {
  const { memory, random } = context;
  const first = i32.load(strip.place, memory.drawn.members);
  const density = v128.loadSplat(first, memory.density);
  const threshold = body.hold(f32x4.mul(density, f32x4.const(2 ** 24)));
  const masks = VECTORS.map(() => body.hold(f32x4.lt(toWhole(random.words()), threshold)));
  overMembers(body, memory, strip, (each, at) => {
    const scale = body.hold(v128.loadSplat(each, memory.scale));
    const values = masks.map((mask) => {
      const value = f32x4.mul(emitValue(body, context), scale);
      return body.hold(v128.and(value, mask));
    });
    body.storeVectors(at, memory.inputs.address, values);
  });
}

function emitOneOf(body: Body, context: GroupContext, strip: GroupStrip): void {
  const { memory, random } = context;
  const { lower, upper } = memory.drawn;
  const choices = VECTORS.map(() => body.hold(toWhole(random.words())));
  const values = VECTORS.map(() => body.hold(emitValue(body, context)));
  overMembers(body, memory, strip, (each, at) => {
    const scale = body.hold(v128.loadSplat(each, memory.scale));
    const from = body.hold(v128.loadSplat(strip.place, lower));
    const to = body.hold(v128.loadSplat(strip.place, upper));
    const chosen = values.map((value, v) => {
      const isChosen = v128.and(f32x4.ge(choices[v], from), f32x4.lt(choices[v], to));
      return v128.and(f32x4.mul(value, scale), isChosen);
    });
    body.storeVectors(at, memory.inputs.address, chosen);
  });
}

function emitValue(body: Body, { math, drawing, random }: GroupContext): V128 {
  const w = body.hold(toUniform(random.words()));
  return emitValues(drawing.values, { body, math, w, words: random.words });
}

/** Emits a loop over the features of a group. `visit` gets 4 times the feature, and the position of its rows in the panel. */
function overMembers(
  body: Body,
  { drawn, inputs }: KernelMemory,
  { place, end, row }: GroupStrip,
  visit: (each: Local<'i32'>, at: Local<'i32'>) => void,
): void {
  body.doWhile(() => {
    body.scope(() => {
      const each = body.hold(i32.load(place, drawn.members));
      visit(each, body.hold(i32.add(row, i32.mul(each, i32.const(inputs.stride / 4)))));
    });
    body.set(place, i32.add(place, i32.const(4)));
    return i32.ltU(place, end);
  });
}
