import type { CellOutcome, Cell } from '../../src/sweep/cell.ts';
import { runCell } from '../../src/sweep/cells/run-cell.ts';
import type { SweepPlan } from '../../src/sweep/plan.ts';
import type { CellPool } from '../../src/sweep/pool/cell-pool.ts';
import { planSweep } from '../../src/sweep/spec/plan-sweep.ts';

/** A plan of allocations, with estimates that make one chunk of every three cells. Plans of other kurtosis share no cell. */
export function planOf(size: number, kurtosis: number): SweepPlan {
  const plan = planSweep({
    compute: 'allocate',
    parameters: { importance: [4, 2, 1], kurtosis, dims: 2 },
    seeds: size,
  });
  return { ...plan, seconds: () => 0.33, bytes: () => 100 };
}

/** All cells of a plan, in order. */
export function cellsOf(plan: SweepPlan): Cell[] {
  return Array.from({ length: plan.size }, (_, i) => plan.cell(i));
}

/** Computes cells in this process; remembers which. */
export function computer(workers = 2): Pick<CellPool, 'workers' | 'compute'> & {
  readonly computed: string[];
} {
  const computed: string[] = [];
  return {
    workers,
    computed,
    compute: async (cells, onEnd) => {
      for (const { index, id, spec } of cells) {
        computed.push(id);
        // oxlint-disable-next-line no-await-in-loop -- in order
        const result = await runCell(spec, { folder: '.', threads: 1 });
        onEnd([{ index, id, result }]);
      }
    },
  };
}

/** A store in memory: the outcome of each cell as JSON text. */
export function memoryStore(): {
  readonly kept: Map<string, string>;
  readonly keep: (outcomes: readonly CellOutcome[]) => Promise<void>;
} {
  const kept = new Map<string, string>();
  return {
    kept,
    keep: async (outcomes) => {
      for (const outcome of outcomes) kept.set(outcome.id, JSON.stringify(outcome));
    },
  };
}

/** The outcomes of all cells, computed in this process, as JSON text. */
export async function computedHere(plan: SweepPlan): Promise<Map<string, string>> {
  const store = memoryStore();
  await computer().compute(cellsOf(plan), (outcomes) => void store.keep(outcomes));
  return store.kept;
}
