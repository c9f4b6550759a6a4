import type { ActiveSampling } from './active-sampling.ts';
import type { SamplingContext } from './context.ts';
import type { CountSizes } from './drawing.ts';
import { defineGapWalk, emitAliased, gapChoices } from './sample-gaps.ts';
import { defineValueStream } from './value-stream.ts';
import { randomIntegerBelow } from './random-integer.ts';
import { f32, i32 } from '@polysem/numerics/wasm';

/**
 * Defines the functions that sample active inputs by their number per class. Gaps lead from one row with an active feature
 * to the next. An alias table gives the number of active features in each class. A partial Fisher-Yates shuffle then
 * chooses which; it makes all choices equally likely from any initial order, so the order is not reset between rows.
 */
export function defineCountSampling(
  context: SamplingContext,
  { outcomes }: CountSizes,
): ActiveSampling {
  const { module, structure, memory } = context;
  const { drawn } = memory;
  const { counts } = drawn;
  const cells = { columns: 1, isMixed: false, companions: gapChoices(drawn, true) };
  const gaps = defineGapWalk(context, cells);
  const stream = defineValueStream(context, true);
  const begin = module.define([], null, (body) => {
    body.call(gaps.begin);
    stream.begin(body);
    const bytes = i32.const(4 * structure.features);
    body.copy(i32.const(counts.order), i32.const(counts.members), bytes);
  });
  const walk: ActiveSampling['walk'] = (body, visit) => {
    const values = stream.open(body);
    gaps.walk(body, ({ row, at, stop }) =>
      visit({
        row,
        stop,
        entries: (onEntry) => {
          const own = randomIntegerBelow(i32.load(at, drawn.choices), i32.const(outcomes));
          const slot = body.hold(i32.shl(own, i32.const(2)));
          const outcome = body.hold(slot);
          emitAliased(body, drawn, { at, slot, chosen: outcome }, counts);
          const part = body.hold(i32.load(outcome, counts.starts));
          const lastPart = body.hold(i32.load(outcome, counts.starts + 4));
          body.doWhile(() => {
            const alike = body.hold(i32.load(part, counts.partClasses));
            const left = body.hold(i32.load(alike, counts.classSizes));
            const place = body.hold(i32.load(alike, counts.classStarts));
            const end = body.hold(i32.add(place, i32.load(part, counts.partCounts)));
            body.doWhile(() => {
              body.scope(() => {
                const value = values.next();
                const steps = randomIntegerBelow(values.pick(), left);
                const other = body.hold(i32.add(place, i32.shl(steps, i32.const(2))));
                const each = body.hold(i32.load(other, counts.order));
                body.store(other, counts.order, i32.load(place, counts.order));
                body.store(place, counts.order, each);
                const feature = body.hold(i32.shrU(each, i32.const(2)));
                onEntry(feature, f32.mul(value, f32.load(each, memory.scale)));
              });
              body.set(left, i32.sub(left, i32.const(1)));
              body.set(place, i32.add(place, i32.const(4)));
              return i32.ltU(place, end);
            });
            body.set(part, i32.add(part, i32.const(4)));
            return i32.ltU(part, lastPart);
          });
        },
      }),
    );
    values.close();
  };
  return { begin, walk };
}
