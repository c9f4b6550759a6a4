import type { CellOutcome } from './cell.ts';
import type { SweepPlan } from './plan.ts';
import type { Lease } from './store/lease.ts';
import { weightsDigest, type Row } from './store/rows.ts';
import type { SweepStore } from './store/sweep-store.ts';
import { NO_SPACE } from './store/write-once.ts';

/** Milliseconds for which outcomes wait for others, so that short cells share a file. */
const GROUP_INTERVAL = 250;

/** Keeps the outcomes of cells in a store. */
export interface Keeper {
  readonly keep: (outcomes: readonly CellOutcome[]) => Promise<void>;
  /** Keeps what is waiting now. */
  readonly flush: () => void;
  /** The error after which nothing more is kept; null while all is well. */
  readonly error: unknown;
}

/**
 * Keeps outcomes in groups, one file of rows per group. A group that is too large for what is left of the disk is kept cell by
 * cell, as far as there is room.
 *
 * @param plan the plan of the cells.
 * @param store where rows and weights go.
 * @param lease gives temporary names.
 * @param on callbacks.
 * @returns the keeper.
 */
export function keepInGroups(
  plan: SweepPlan,
  store: SweepStore,
  { temporary }: Lease,
  on: {
    /** Ids of cells that have not ended, by index. */
    readonly issued: Map<number, string>;
    readonly onKept: (outcomes: readonly CellOutcome[]) => void;
    readonly onError: () => void;
    readonly onNote: (line: string) => void;
  },
): Keeper {
  interface Waiting {
    readonly outcomes: readonly CellOutcome[];
    readonly resolve: () => void;
    readonly reject: (reason: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | null = null;
  let error: unknown = null;

  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    try {
      if (error !== null) throw error;
      const own = group.flatMap(({ outcomes }) => outcomes).filter(belongs);
      keepGroup(own);
      for (const { resolve } of group) resolve();
    } catch (caught) {
      error ??= caught;
      on.onError();
      for (const { reject } of group) reject(caught);
    }
  }

  function keepGroup(group: readonly CellOutcome[]): void {
    try {
      for (const outcome of group)
        if ('result' in outcome && outcome.result.weights !== undefined)
          store.keepWeights(outcome, outcome.result.weights, temporary);
      store.keep(group.map(rowOf), temporary);
    } catch (caught) {
      if (group.length === 1 || (caught as NodeJS.ErrnoException).code !== NO_SPACE) throw caught;
      for (const outcome of group) keepGroup([outcome]);
      return;
    }
    on.onKept(group);
  }

  /** True if an outcome is one of this plan; a queue may hold those of another. */
  function belongs({ index, id }: CellOutcome): boolean {
    if (on.issued.get(index) === id) return on.issued.delete(index);
    if (index < plan.size && plan.cell(index).id === id) return true;
    on.onNote(`a result of another spec arrived (cell ${id.slice(0, 12)}); it is left out`);
    return false;
  }

  return {
    keep: (outcomes) =>
      new Promise((resolve, reject) => {
        waiting.push({ outcomes, resolve, reject });
        timer ??= setTimeout(flush, GROUP_INTERVAL);
      }),
    flush,
    get error() {
      return error;
    },
  };
}

function rowOf(outcome: CellOutcome): Row {
  const { index } = outcome;
  if ('failure' in outcome) return { index, values: {}, weights: null, failure: outcome.failure };
  const { result } = outcome;
  return { index, values: result.values, weights: weightsDigest(result), failure: null };
}
