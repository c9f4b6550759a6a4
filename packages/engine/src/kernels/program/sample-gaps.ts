import {
  logOneMinus,
  randomLanes,
  toFineUniform,
  toUniform,
  type RandomLanes,
} from '@polysem/numerics/lanes';
import { GAPS_AT_ONCE } from './kernel-memory.ts';
import { emitValues } from './lane-values.ts';
import type { KernelContext, SamplingContext } from './context.ts';
import type { ActiveSampling } from './active-sampling.ts';
import type { DrawingMemory } from './drawing-memory.ts';
import {
  f32,
  f32x4,
  i32,
  i32x4,
  v128,
  type Body,
  type FunctionHandle,
  type I32,
  type Local,
  type V128,
} from '@polysem/numerics/wasm';

/** Largest number of cells (rows x features) in a batch. */
export const MOST_CELLS: number = 2 ** 29;

/** Number sampled with every gap: address of its buffer (4 bytes per gap), and an emitter that samples four. */
export interface GapCompanion {
  readonly address: number;
  readonly draw: (body: Body, random: RandomLanes) => V128;
}

/** Cells of a batch, each a row and a column, in row-major order. Each is active or not. */
export interface Cells {
  /** Number of cells per row. */
  readonly columns: number;
  /** True if columns have different densities. */
  readonly isMixed: boolean;
  readonly companions: readonly GapCompanion[];
}

/** Loop over active cells by the gaps between them. */
export interface GapWalk {
  /** Samples the first gaps of a batch. */
  readonly begin: FunctionHandle<null>;
  /** Emits a loop over the active cells, which resumes where the last one stopped. */
  readonly walk: (body: Body, visit: (cell: ActiveCell) => void) => void;
}

export interface ActiveCell {
  readonly row: I32;
  readonly column: Local<'i32'>;
  /** Byte offset, in the buffer of each companion, of the number sampled with the gap before this cell. */
  readonly at: I32;
  /** Stops the loop before this cell; the next loop starts with it. */
  readonly stop: () => void;
}

/**
 * Defines a loop that jumps from one active cell to the next, so its cost is proportional to the number of active cells.
 * Gaps are geometric: floor(log(1 - U) / log(1 - p)). If densities differ, cells are sampled with the largest density and
 * kept with probability density / largest.
 */
export function defineGapWalk(
  { module, math, memory }: KernelContext,
  { columns, isMixed, companions }: Cells,
): GapWalk {
  const here = i32.const(0);
  const refill = module.define([], null, (body) => {
    const random = randomLanes(body, memory.random);
    const gapScale = body.hold(v128.loadSplat(here, memory.gapScale));
    const at = body.hold(i32.const(0));
    body.doWhile(() => {
      body.scope(() => {
        // Two vectors of each kind, one of each set of generators, so that V8 can pair them.
        const two = (draw: () => V128): Local<'v128'>[] => [body.hold(draw()), body.hold(draw())];
        // Use all 32 random bits: floats are dense near 0, so P(gap = 0) is exact to a relative 2^-24.
        const uniforms = two(() => toFineUniform(random.words()));
        const gaps = uniforms.map((u) => {
          const log = logOneMinus(body, math, f32x4.pmin(f32x4.const(1 - 2 ** -24), u));
          // Unsigned, because V8 does not pair signed conversions.
          const gap = i32x4.truncateU(f32x4.mul(log, gapScale));
          return body.hold(i32x4.minU(gap, i32x4.const(MOST_CELLS)));
        });
        body.storeVectors(at, memory.gaps, gaps);
        for (const { address, draw } of companions)
          body.storeVectors(
            at,
            address,
            two(() => draw(body, random)),
          );
        if (isMixed) {
          const acceptance = two(() => toFineUniform(random.words()));
          body.storeVectors(at, memory.gapAcceptance, acceptance);
        }
      });
      body.set(at, i32.add(at, i32.const(32)));
      return i32.ltU(at, i32.const(4 * GAPS_AT_ONCE));
    });
    random.save();
  });
  const begin = module.define([], null, (body) => {
    body.call(refill);
    body.store(here, memory.gapAt, i32.const(0));
    body.store(here, memory.nextCell, i32.load(here, memory.gaps));
  });

  const walk: GapWalk['walk'] = (body, visit) => {
    const next = body.hold(i32.load(here, memory.nextCell));
    const at = body.hold(i32.load(here, memory.gapAt));
    const cells = body.hold(i32.mul(i32.load(here, memory.batch), i32.const(columns)));
    const row = body.local('i32');
    const column = body.local('i32');
    const isStopped = body.hold(i32.const(0));
    body.while(
      () => i32.ltU(next, cells),
      () => {
        body.set(row, i32.divU(next, i32.const(columns)));
        body.set(column, i32.sub(next, i32.mul(row, i32.const(columns))));
        const visitAccepted = (): void =>
          visit({
            row,
            column,
            at,
            stop: () => {
              body.store(here, memory.nextCell, next);
              body.store(here, memory.gapAt, at);
              body.set(isStopped, i32.const(1));
              body.set(next, i32.const(-1));
            },
          });
        if (isMixed) {
          const u = f32.load(at, memory.gapAcceptance);
          const place = i32.shl(column, i32.const(2));
          body.if(f32.lt(u, f32.load(place, memory.acceptance)), visitAccepted);
        } else {
          visitAccepted();
        }
        body.if(i32.eqz(isStopped), () => {
          body.set(at, i32.add(at, i32.const(4)));
          body.if(i32.eq(at, i32.const(4 * GAPS_AT_ONCE)), () => {
            body.call(refill);
            body.set(at, i32.const(0));
          });
          body.set(next, i32.add(i32.add(next, i32.const(1)), i32.load(at, memory.gaps)));
        });
      },
    );
    body.if(i32.eqz(isStopped), () => body.store(here, memory.nextCell, i32.const(-1)));
  };
  return { begin, walk };
}

/** Companion that holds a value for each gap. */
export function gapValues({ math, drawing, memory }: SamplingContext): GapCompanion {
  return {
    address: memory.gapValues,
    draw: (body, random) => {
      const w = body.hold(toUniform(random.words()));
      return emitValues(drawing.values, { body, math, w, words: random.words });
    },
  };
}

/**
 * Companions for choosing from a table at each gap: a random word that chooses a slot and, if the table has aliases, a
 * uniform number that chooses between the slot and its alias.
 */
export function gapChoices({ choices, cuts }: DrawingMemory, hasAliases: boolean): GapCompanion[] {
  return [
    { address: choices, draw: (_body, random) => random.words() },
    ...(hasAliases
      ? [
          {
            address: cuts,
            draw: (_body: Body, random: RandomLanes) => toFineUniform(random.words()),
          },
        ]
      : []),
  ];
}

/** Emits code that replaces the result of a slot by its alias, unless the uniform number is below the cut. */
export function emitAliased(
  body: Body,
  { cuts }: DrawingMemory,
  { at, slot, chosen }: { readonly at: I32; readonly slot: I32; readonly chosen: Local<'i32'> },
  table: { readonly cut: number; readonly alias: number },
): void {
  const isKept = f32.lt(f32.load(at, cuts), f32.load(slot, table.cut));
  body.if(i32.eqz(isKept), () => body.set(chosen, i32.load(slot, table.alias)));
}

/** Defines the functions that sample active inputs of independent features. */
export function defineIndependentSampling(
  context: SamplingContext,
  isMixed: boolean,
): ActiveSampling {
  const { structure, memory } = context;
  const companions = [gapValues(context)];
  const gaps = defineGapWalk(context, { columns: structure.features, isMixed, companions });
  return {
    begin: gaps.begin,
    walk: (body, visit) =>
      gaps.walk(body, ({ row, column, at, stop }) =>
        visit({
          row,
          stop,
          entries: (onEntry) => {
            const scale = f32.load(i32.shl(column, i32.const(2)), memory.scale);
            onEntry(column, f32.mul(f32.load(at, memory.gapValues), scale));
          },
        }),
      ),
  };
}
