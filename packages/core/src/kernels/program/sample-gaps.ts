import { logOneMinus } from '../../lanes/elementary.ts';
import { GAPS_AT_ONCE, type KernelMemory } from './kernel-memory.ts';
import { randomLanes, toFineUniform, toUniform } from '../../lanes/random-lanes.ts';
import { shapeValues } from '../../lanes/shape-values.ts';
import type { Drawing, Structure } from './structure.ts';
import type { Arithmetic } from '../../lanes/arithmetic.ts';
import type { Body, FunctionHandle, ModuleBuilder } from '../../wasm/module.ts';
import { f32, f32x4, i32, i32x4, v128, type F32, type I32 } from '../../wasm/value.ts';

/** No batch has so many cells. */
export const MOST_CELLS: number = 2 ** 29;

/** The functions that draw active inputs by the gaps between them. */
export interface GapSampling {
  /** Draws the first gaps of a batch. */
  readonly begin: FunctionHandle<null>;
  /** Emits the walk over the active cells from where the last walk ended. */
  readonly walk: (body: Body, visit: ActiveCellVisitor) => void;
}

/** What is done for an active cell; `stop` ends the walk before it, so that the next walk begins with it. */
export type ActiveCellVisitor = (cell: {
  readonly row: I32;
  readonly feature: I32;
  /** Call it once, where it is used: the value, scaled. */
  readonly value: F32;
  readonly stop: () => void;
}) => void;

/**
 * Defines the drawing of active inputs. The cells of a batch, row by row, are walked from one active one to the next;
 * the gaps are geometric, floor(log(1 - U) / log(1 - p)), so that the cost follows the active cells. Where densities
 * differ, cells are drawn at the largest and kept with probability density / largest.
 */
export function defineGapSampling(
  module: ModuleBuilder,
  math: Arithmetic,
  { features }: Structure,
  { shape, degreesOfFreedom, isMixed }: Drawing,
  memory: KernelMemory,
): GapSampling {
  const here = i32.const(0);
  const refill = module.define([], null, (body) => {
    const random = randomLanes(body, memory.random);
    const gapScale = body.hold(v128.loadSplat(here, memory.gapScale));
    const at = body.hold(i32.const(0));
    body.doWhile(() => {
      body.scope(() => {
        // All 32 bits: near 0 a float resolves finely, so that gaps of 0 have their probability to 2^-24 of it.
        const u = toFineUniform(random.words());
        const log = logOneMinus(body, math, f32x4.pmin(f32x4.const(1 - 2 ** -24), u));
        const gap = i32x4.fromFloat(f32x4.floor(f32x4.mul(log, gapScale)));
        body.store(at, memory.gaps, i32x4.minS(gap, i32x4.const(MOST_CELLS)));
        const w = body.hold(toUniform(random.words()));
        const value = shapeValues[shape](body, math, w, random.words, degreesOfFreedom);
        body.store(at, memory.gapValues, value);
        if (isMixed) body.store(at, memory.gapAcceptance, toFineUniform(random.words()));
      });
      body.set(at, i32.add(at, i32.const(16)));
      return i32.ltU(at, i32.const(4 * GAPS_AT_ONCE));
    });
    random.save();
  });
  const begin = module.define([], null, (body) => {
    body.call(refill);
    body.store(here, memory.gapAt, i32.const(0));
    body.store(here, memory.nextCell, i32.load(here, memory.gaps));
  });

  const walk = (body: Body, visit: ActiveCellVisitor): void => {
    const next = body.hold(i32.load(here, memory.nextCell));
    const at = body.hold(i32.load(here, memory.gapAt));
    const cells = body.hold(i32.mul(i32.load(here, memory.batch), i32.const(features)));
    const row = body.local('i32');
    const feature = body.local('i32');
    const isStopped = body.hold(i32.const(0));
    const place = body.local('i32');
    body.while(
      () => i32.ltU(next, cells),
      () => {
        body.set(row, i32.divU(next, i32.const(features)));
        body.set(feature, i32.sub(next, i32.mul(row, i32.const(features))));
        body.set(place, i32.shl(feature, i32.const(2)));
        const value = f32.mul(f32.load(at, memory.gapValues), f32.load(place, memory.scale));
        const visitAccepted = (): void =>
          visit({
            row,
            feature,
            value,
            stop: () => {
              body.store(here, memory.nextCell, next);
              body.store(here, memory.gapAt, at);
              body.set(isStopped, i32.const(1));
              body.set(next, i32.const(-1));
            },
          });
        if (isMixed) {
          const chance = f32.load(at, memory.gapAcceptance);
          body.if(f32.lt(chance, f32.load(place, memory.acceptance)), visitAccepted);
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

/** A walk over active cells that fills a panel: rows are numbered as they come, those without active cell left out. */
export interface PanelWalk {
  readonly gaps: GapSampling;
  /** Rows of the panel; the walk stops before the row that has no place. */
  readonly capacity: number;
  /** Called when a row begins, with the rows there were before it. */
  readonly onRow?: (filled: I32) => void;
  /** Called for a cell: rows so far, its own among them; its feature; and its value, to be used once. */
  readonly onCell: (filled: I32, feature: I32, value: F32) => void;
}

/** Emits the filling of a panel; gives the rows filled. */
export function emitPanelWalk(body: Body, { gaps, capacity, onRow, onCell }: PanelWalk): I32 {
  const filled = body.hold(i32.const(0));
  const current = body.hold(i32.const(-1));
  const isFull = body.local('i32');
  gaps.walk(body, ({ row, feature, value, stop }) => {
    body.set(isFull, i32.const(0));
    body.if(i32.ne(row, current), () => {
      body.if(
        i32.eq(filled, i32.const(capacity)),
        () => {
          stop();
          body.set(isFull, i32.const(1));
        },
        () => {
          onRow?.(filled);
          body.set(filled, i32.add(filled, i32.const(1)));
          body.set(current, row);
        },
      );
    });
    body.if(i32.eqz(isFull), () => onCell(filled, feature, value));
  });
  return filled;
}
