import type { Cell } from './cell.ts';
import type { SweepPlan } from './plan.ts';

/** Seconds of estimated work in one message to a worker. */
const CHUNK_SECONDS = 0.5;
/** The largest number of cells in one message. */
const CHUNK_CELLS = 200;

/**
 * Groups cells into chunks of about half a second of estimated work, so that short cells share a message and long ones have their
 * own.
 *
 * @param cells the cells.
 * @param plan estimates their times.
 * @returns the chunks, each with at least one cell.
 */
export function* chunksOf(
  cells: Iterable<Cell>,
  { seconds }: Pick<SweepPlan, 'seconds'>,
): Generator<Cell[]> {
  let chunk: Cell[] = [];
  let sum = 0;
  for (const cell of cells) {
    chunk.push(cell);
    sum += seconds(cell.index);
    if (sum < CHUNK_SECONDS && chunk.length < CHUNK_CELLS) continue;
    yield chunk;
    chunk = [];
    sum = 0;
  }
  if (chunk.length > 0) yield chunk;
}
