import {
  defineSeeding,
  logOneMinus,
  randomLanes,
  toFineUniform,
  toUniform,
} from '@polysem/numerics/lanes';
import {
  f32,
  f32x4,
  i32,
  type Body,
  type FunctionHandle,
  type I32,
  type Local,
  type V128,
} from '@polysem/numerics/wasm';
import { emitValues } from '../program/lane-values.ts';
import { MOST_CELLS } from '../program/sample-gaps.ts';
import type { LargeContext } from './large-context.ts';
import { DRAWN } from './large-memory.ts';

/**
 * Defines a function that samples the active inputs of a panel and sorts them by feature and row. Its parameters are the
 * number of the panel in the stream, the address of the panel, and its number of rows. Each class of features is sampled by
 * the gaps between cells that are active at the largest density of the class.
 */
export function defineSamplePanel(context: LargeContext): FunctionHandle<null> {
  const { module, shape, memory, scratch } = context;
  const seed = defineSeeding(module, scratch.random);
  const refill = defineRefill(context);
  return module.define(
    ['i32', 'i32', 'i32'],
    null,
    (body, number, panel, rows) => {
      body.call(seed, i32.const(memory.stream), number);
      body.clear(i32.const(scratch.ends), i32.const(4 * shape.features));
      body.call(refill);
      const drawn = body.hold(i32.const(0));
      const entry = body.hold(i32.const(0));
      const position = body.hold(i32.const(0));
      const group = body.hold(i32.const(0));
      body.doWhile(() => {
        body.scope(() => emitClass(body, context, refill, { rows, drawn, entry, position, group }));
        body.set(group, i32.add(group, i32.const(4)));
        return i32.ltU(group, i32.const(4 * shape.classes));
      });
      emitSort(body, context, panel, entry);
    },
    'sample',
  );
}

/** Defines a function that draws new random numbers for gaps, values and acceptance. */
function defineRefill({ module, math, shape, scratch }: LargeContext): FunctionHandle<null> {
  return module.define([], null, (body) => {
    const random = randomLanes(body, scratch.random);
    const at = body.hold(i32.const(0));
    body.doWhile(() => {
      body.scope(() => {
        // Two vectors of each kind, one of each set of generators, so that V8 can pair them.
        const two = (draw: () => V128): Local<'v128'>[] => [body.hold(draw()), body.hold(draw())];
        // All 32 bits: floats are dense near 0, so the probability of a gap of 0 is exact to a relative 2^-24.
        const uniforms = two(() => toFineUniform(random.words()));
        const logs = uniforms.map((u) =>
          logOneMinus(body, math, f32x4.pmin(f32x4.const(1 - 2 ** -24), u)),
        );
        body.storeVectors(at, scratch.logs, logs);
        const values = two(() => toUniform(random.words())).map((w) =>
          body.hold(emitValues(shape.values, { body, math, w, words: random.words })),
        );
        body.storeVectors(at, scratch.values, values);
        const acceptance = two(() => toFineUniform(random.words()));
        body.storeVectors(at, scratch.acceptance, acceptance);
      });
      body.set(at, i32.add(at, i32.const(32)));
      return i32.ltU(at, i32.const(4 * DRAWN));
    });
    random.save();
  });
}

/** State of the sampling of a panel. */
interface Sampling {
  readonly rows: I32;
  /** Position among the random numbers, end of the active inputs, first place in the order of features, and class; in bytes. */
  readonly drawn: Local<'i32'>;
  readonly entry: Local<'i32'>;
  readonly position: Local<'i32'>;
  readonly group: Local<'i32'>;
}

/** Emits the sampling of the features of a class. */
function emitClass(
  body: Body,
  { shape, memory, scratch }: LargeContext,
  refill: FunctionHandle<null>,
  { rows, drawn, entry, position, group }: Sampling,
): void {
  const size = body.hold(i32.load(group, memory.classSizes));
  const gapScale = body.hold(f32.load(group, memory.gapScales));
  const cells = body.hold(i32.mul(rows, size));
  const next = body.hold(i32.const(-1));
  const jump = (): void => {
    body.set(drawn, i32.add(drawn, i32.const(4)));
    body.if(i32.geU(drawn, i32.const(4 * DRAWN)), () => {
      body.call(refill);
      body.set(drawn, i32.const(0));
    });
    const log = f32.mul(f32.load(drawn, scratch.logs), gapScale);
    const gap = body.hold(i32.fromF64(f32.toF64(log)));
    body.if(i32.ltU(i32.const(MOST_CELLS), gap), () => body.set(gap, i32.const(MOST_CELLS)));
    body.set(next, i32.add(i32.add(next, i32.const(1)), gap));
  };
  body.scope(jump);
  body.while(
    () => i32.ltU(next, cells),
    () =>
      body.scope(() => {
        const row = body.hold(i32.divU(next, size));
        const column = i32.sub(next, i32.mul(row, size));
        const place = body.hold(i32.add(position, i32.shl(column, i32.const(2))));
        const feature = body.hold(i32.load(place, memory.order));
        const isAccepted = f32.lt(
          f32.load(drawn, scratch.acceptance),
          f32.load(feature, memory.acceptance),
        );
        const fits = i32.ltU(entry, i32.const(4 * shape.active));
        body.if(i32.and(isAccepted, fits), () => {
          const value = f32.mul(f32.load(drawn, scratch.values), f32.load(feature, memory.scale));
          body.store(entry, scratch.rows, i32.shl(row, i32.const(2)));
          body.store(entry, scratch.features, feature);
          body.store(entry, scratch.numbers, value);
          const count = i32.load(feature, scratch.ends);
          body.store(feature, scratch.ends, i32.add(count, i32.const(4)));
          body.set(entry, i32.add(entry, i32.const(4)));
        });
        jump();
      }),
  );
  body.set(position, i32.add(position, i32.shl(size, i32.const(2))));
}

/** Emits code that sorts the active inputs by feature; those of one feature are in the order of rows already. */
function emitSort(
  body: Body,
  { shape, memory, scratch }: LargeContext,
  panel: I32,
  entries: I32,
): void {
  const { active } = memory.panel;
  const feature = body.hold(i32.const(0));
  const start = body.hold(i32.const(0));
  body.doWhile(() => {
    body.scope(() => {
      const size = body.hold(i32.load(feature, scratch.ends));
      body.store(i32.add(panel, feature), active.starts, start);
      body.store(feature, scratch.ends, start);
      body.set(start, i32.add(start, size));
    });
    body.set(feature, i32.add(feature, i32.const(4)));
    return i32.ltU(feature, i32.const(4 * shape.features));
  });
  body.store(i32.add(panel, feature), active.starts, start);
  const entry = body.hold(i32.const(0));
  body.while(
    () => i32.ltU(entry, entries),
    () => {
      body.scope(() => {
        const own = body.hold(i32.load(entry, scratch.features));
        const end = body.hold(i32.load(own, scratch.ends));
        const at = body.hold(i32.add(panel, end));
        body.store(at, active.rows, i32.load(entry, scratch.rows));
        body.store(at, active.numbers, f32.load(entry, scratch.numbers));
        body.store(own, scratch.ends, i32.add(end, i32.const(4)));
      });
      body.set(entry, i32.add(entry, i32.const(4)));
    },
  );
}
