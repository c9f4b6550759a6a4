import type { Cell } from './cell.ts';
import type { SweepPlan } from './plan.ts';

/** Cells that travel together. */
export interface Chunk {
  /** Index of the first cell of the plan that belongs to the chunk, be it open or not. */
  readonly start: number;
  readonly cells: readonly Cell[];
}

/** Estimated seconds of work and bytes of results of a chunk, and its number of cells. A chunk has at least one cell. */
const MOST_SECONDS = 1;
const MOST_BYTES = 2 ** 22;
const MOST_CELLS = 200;

/**
 * Groups open cells into chunks of about a second. The borders depend on the plan alone, so that a process that starts
 * again makes the same chunks of the cells that are still open, and a queue recognizes them.
 *
 * @param cells open cells in the order of the plan.
 * @param plan the plan.
 * @returns the chunks, each made when it is asked for.
 */
export function* chunksOf(
  cells: Iterable<Cell>,
  plan: Pick<SweepPlan, 'seconds' | 'bytes'>,
): Generator<Chunk> {
  const scan = { start: 0, next: 0, seconds: 0, bytes: 0 };
  /** Moves the scan past a cell; returns true if the cell begins a chunk. */
  const advance = (): boolean => {
    const seconds = plan.seconds(scan.next);
    const bytes = plan.bytes(scan.next);
    const isFull =
      scan.next - scan.start >= MOST_CELLS ||
      scan.seconds + seconds > MOST_SECONDS ||
      scan.bytes + bytes > MOST_BYTES;
    if (isFull) Object.assign(scan, { start: scan.next, seconds: 0, bytes: 0 });
    scan.seconds += seconds;
    scan.bytes += bytes;
    scan.next++;
    return isFull;
  };
  let open: Cell[] = [];
  let start = 0;
  for (const cell of cells) {
    if (cell.index < scan.next)
      throw new RangeError('chunksOf: cells must be in the order of the plan');
    let isNew = false;
    while (scan.next <= cell.index) isNew = advance() || isNew;
    if (isNew && open.length > 0) {
      yield { start, cells: open };
      open = [];
    }
    ({ start } = scan);
    open.push(cell);
  }
  if (open.length > 0) yield { start, cells: open };
}
