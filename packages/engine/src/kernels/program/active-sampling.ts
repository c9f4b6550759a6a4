import type { Body, FunctionHandle } from '@polysem/numerics/wasm';
import { i32, type F32, type I32 } from '@polysem/numerics/wasm';

/** The functions that draw active inputs alone, as the plans `compact` and `sparse` want them. */
export interface ActiveSampling {
  /** Begins a batch. */
  readonly begin: FunctionHandle<null>;
  /** Emits the walk over the active inputs, row by row, from where the last walk ended. */
  readonly walk: (body: Body, visit: (cell: ActiveInputs) => void) => void;
}

/** One or more active inputs of a row. */
export interface ActiveInputs {
  readonly row: I32;
  /** Ends the walk before them, so that the next walk begins with them. */
  readonly stop: () => void;
  /** Emits `onEntry` for each of them, at one place of the code; the value, scaled, is to be used once. */
  readonly entries: (onEntry: (feature: I32, value: F32) => void) => void;
}

/** A walk over active inputs that fills a panel: rows are numbered as they come, those without any left out. */
export interface PanelWalk {
  readonly active: ActiveSampling;
  /** Rows of the panel; the walk stops before the row that has no place. */
  readonly capacity: number;
  /** Called when a row begins, with the rows there were before it. */
  readonly onRow?: (filled: I32) => void;
  /** Called for an active input: rows so far, its own among them; its feature; and its value, to be used once. */
  readonly onCell: (filled: I32, feature: I32, value: F32) => void;
}

/** Emits the filling of a panel; gives the rows filled. */
export function emitPanelWalk(body: Body, { active, capacity, onRow, onCell }: PanelWalk): I32 {
  const filled = body.hold(i32.const(0));
  const current = body.hold(i32.const(-1));
  const isFull = body.local('i32');
  active.walk(body, ({ row, stop, entries }) => {
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
    body.if(i32.eqz(isFull), () => entries((feature, value) => onCell(filled, feature, value)));
  });
  return filled;
}
