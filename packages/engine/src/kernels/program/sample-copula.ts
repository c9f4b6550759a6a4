import type { ActiveSampling } from './active-sampling.ts';
import { copula, type CopulaActivity } from './copula.ts';
import { overStrips } from './drawn-panel.ts';
import { STRIP } from './panel.ts';
import { defineValueStream } from './value-stream.ts';
import type { KernelContext, SamplingContext } from './context.ts';
import { randomLanes } from '@polysem/numerics/lanes';
import type { FunctionHandle } from '@polysem/numerics/wasm';
import { f32, i32, i32x4, v128 } from '@polysem/numerics/wasm';

const WORD = 32;
/** Byte offsets of the vectors in a strip of rows. */
const OFFSETS: readonly number[] = Array.from({ length: STRIP / 4 }, (_, v) => 16 * v);

/**
 * Defines the functions that sample active inputs under a copula. The activity of a chunk of rows is sampled as bit masks;
 * a loop over their set bits then samples values for the active inputs only.
 */
export function defineCopulaSampling(
  context: SamplingContext,
  activity: CopulaActivity,
): ActiveSampling {
  const { module, structure, memory } = context;
  const { rows, bits, anyBits, nextRow, chunkEnd } = memory.drawn.copula;
  const here = i32.const(0);
  const words = Math.ceil(structure.features / WORD);
  const sampleChunk = defineChunk(context, activity);
  const stream = defineValueStream(context);
  const begin = module.define([], null, (body) => {
    body.store(here, nextRow, i32.const(0));
    body.store(here, chunkEnd, i32.const(0));
    stream.begin(body);
  });
  const walk: ActiveSampling['walk'] = (body, visit) => {
    const values = stream.open(body);
    const row = body.hold(i32.load(here, nextRow));
    const end = body.hold(i32.load(here, chunkEnd));
    const batch = body.hold(i32.load(here, memory.batch));
    const isStopped = body.hold(i32.const(0));
    const at = body.local('i32');
    body.while(
      () => i32.and(i32.ltU(row, batch), i32.eqz(isStopped)),
      () => {
        body.if(i32.eq(row, end), () => {
          body.call(sampleChunk);
          body.set(end, i32.add(end, i32.const(rows)));
        });
        // Byte offset of the row: 4 times its index in the chunk.
        body.set(at, i32.shl(i32.sub(i32.add(row, i32.const(rows)), end), i32.const(2)));
        body.if(i32.load(at, anyBits), () =>
          visit({
            row,
            stop: () => body.set(isStopped, i32.const(1)),
            entries: (onEntry) => {
              const word = body.hold(i32.const(0));
              const place = body.hold(at);
              body.doWhile(() => {
                const left = body.hold(i32.load(place, bits.address));
                body.while(
                  () => left,
                  () =>
                    body.scope(() => {
                      const feature = body.hold(i32.add(word, i32.trailingZeros(left)));
                      body.set(left, i32.and(left, i32.sub(left, i32.const(1))));
                      const scale = f32.load(i32.shl(feature, i32.const(2)), memory.scale);
                      onEntry(feature, f32.mul(values.next(), scale));
                    }),
                );
                body.set(word, i32.add(word, i32.const(WORD)));
                body.set(place, i32.add(place, i32.const(bits.stride)));
                return i32.ltU(word, i32.const(WORD * words));
              });
            },
          }),
        );
        body.set(row, i32.add(row, i32.sub(i32.const(1), isStopped)));
      },
    );
    body.store(here, nextRow, row);
    body.store(here, chunkEnd, end);
    values.close();
  };
  return { begin, walk };
}

/** Defines a function that samples which features are active in the next chunk of rows. */
function defineChunk(context: KernelContext, activity: CopulaActivity): FunctionHandle<null> {
  const { module, structure, memory } = context;
  const { features } = structure;
  const words = Math.ceil(features / WORD);
  const { rows, levels, bits, anyBits } = memory.drawn.copula;
  const { emitShared, feature } = copula(context, activity, levels);
  return module.define([], null, (body) => {
    const bytes = body.hold(i32.const(4 * rows));
    body.scope(() => emitShared(body, bytes));
    const random = randomLanes(body, memory.random);
    body.clear(i32.const(bits.address), i32.const(words * bits.stride));
    const each = body.hold(i32.const(0));
    const column = body.hold(i32.const(0));
    const word = body.hold(i32.const(0));
    const bit = body.hold(i32x4.const(1));
    body.doWhile(() => {
      body.scope(() => {
        const isActive = feature(body, random, each, column);
        overStrips(body, bytes, STRIP / 4, (row) => {
          const at = body.hold(i32.add(word, row));
          const before = OFFSETS.map((offset) => body.hold(v128.load(at, bits.address + offset)));
          const own = OFFSETS.map((offset) => body.hold(v128.and(isActive(row, offset), bit)));
          const all = own.map((mask, v) => v128.or(before[v], mask));
          body.storeVectors(at, bits.address, all);
        });
      });
      body.set(each, i32.add(each, i32.const(4)));
      body.set(column, i32.add(column, i32.const(levels.stride)));
      body.set(bit, i32x4.shl(bit, 1));
      body.if(i32.eqz(i32.and(each, i32.const(4 * WORD - 1))), () => {
        body.set(word, i32.add(word, i32.const(bits.stride)));
        body.set(bit, i32x4.const(1));
      });
      return i32.ltU(each, i32.const(4 * features));
    });
    overStrips(body, bytes, 1, (row) => {
      const any = body.hold(v128.load(row, bits.address));
      for (let k = 1; k < words; k++)
        body.set(any, v128.or(any, v128.load(row, bits.address + k * bits.stride)));
      body.store(row, anyBits, any);
    });
    random.save();
  });
}
