import type { Body, FunctionHandle } from '@polysem/numerics/wasm';
import { i32, type F32, type I32 } from '@polysem/numerics/wasm';

/** Functions that sample only active inputs, for the methods `compact` and `sparse`. */
export interface ActiveSampling {
  /** Begins a batch. */
  readonly begin: FunctionHandle<null>;
  /** Emits a loop over the active inputs, row by row, which resumes where the last one stopped. */
  readonly walk: (body: Body, visit: (cell: ActiveInputs) => void) => void;
}

/** At least one active input of a row. */
export interface ActiveInputs {
  readonly row: I32;
  /** Stops the loop before these inputs; the next loop starts with them. */
  readonly stop: () => void;
  /** Emits a loop that contains `onEntry` once and runs it for each input. Use the scaled value only once. */
  readonly entries: (onEntry: (feature: I32, value: F32) => void) => void;
}

/** Loop over active inputs that fills a panel. Rows without active inputs are skipped; the others are numbered in order. */
export interface PanelWalk {
  readonly active: ActiveSampling;
  /** Rows of the panel. The loop stops before the first row that does not fit. */
  readonly capacity: number;
  /** Called for each active input: number of rows so far including this one, feature, and value (use it only once). */
  readonly onCell: (filled: I32, feature: I32, value: F32) => void;
}

/** Emits code that fills a panel. Returns the number of rows filled. */
export function emitPanelWalk(body: Body, { active, capacity, onCell }: PanelWalk): I32 {
  const filled = body.hold(i32.const(0));
  const current = body.hold(i32.const(-1));
  const next = body.local('i32');
  active.walk(body, ({ row, stop, entries }) => {
    // Added, not branched on: the processor cannot predict where a row ends.
    body.set(next, i32.add(filled, i32.ne(row, current)));
    body.if(i32.ltU(i32.const(capacity), next), stop, () => {
      body.set(filled, next);
      body.set(current, row);
      entries((feature, value) => onCell(filled, feature, value));
    });
  });
  return filled;
}
