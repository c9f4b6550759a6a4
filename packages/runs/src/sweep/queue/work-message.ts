import { type Cell, cellId, type CellOutcome } from '../cell.ts';
import { fromFrame, toFrame } from './frame.ts';

/** Number of the format of messages. */
const FORMAT = 1;

/** A chunk of cells, as a worker gets it. */
export interface Work {
  /** Name of the sweep: the queue of its results. */
  readonly sweep: string;
  /** Version and revision of the coordinator. Workers compute only for their own. */
  readonly version: string;
  readonly revision: number;
  readonly cells: readonly Cell[];
}

/** A message cannot be read, or has another format. */
export class MessageError extends Error {
  override readonly name: string = 'MessageError';
}

/** Writes a chunk of cells as bytes. */
export function encodeWork(work: Work): Uint8Array {
  return toFrame({ format: FORMAT, ...work });
}

/**
 * Reads a chunk of cells.
 *
 * @param body the bytes.
 * @returns the chunk. Every cell has the identity of its spec.
 * @throws MessageError for other bytes.
 */
export function decodeWork(body: Uint8Array): Work {
  const work = read<Work>(body);
  if (!/^[0-9a-z]+$/.test(work.sweep)) throw new MessageError('a chunk without a sweep');
  for (const { id, spec } of work.cells)
    if (cellId(spec) !== id)
      throw new MessageError('a cell whose identity is not that of its spec');
  return work;
}

/** Writes the ends of cells as bytes. */
export function encodeOutcomes(outcomes: readonly CellOutcome[]): Uint8Array {
  return toFrame({ format: FORMAT, outcomes });
}

/**
 * Reads the ends of cells.
 *
 * @param body the bytes.
 * @returns the outcomes.
 * @throws MessageError for other bytes.
 */
export function decodeOutcomes(body: Uint8Array): readonly CellOutcome[] {
  const { outcomes } = read<{ readonly outcomes: readonly CellOutcome[] }>(body);
  for (const outcome of outcomes)
    if (!Number.isInteger(outcome.index) || !('result' in outcome || 'failure' in outcome))
      throw new MessageError('an outcome without a cell');
  return outcomes;
}

function read<T>(body: Uint8Array): T {
  let value: (T & { readonly format?: unknown }) | null;
  try {
    value = fromFrame(body) as T & { readonly format?: unknown };
  } catch (error) {
    throw new MessageError('not a message of polysem', { cause: error });
  }
  if (value?.format !== FORMAT)
    throw new MessageError(`a message of format ${String(value?.format)}, not ${FORMAT}`);
  return value;
}
