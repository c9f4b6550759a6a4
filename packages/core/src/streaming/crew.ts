import { streamHand } from './hand.ts';
import type { StreamTasks } from './tasks.ts';

/**
 * Those who do the work of a measurement: one hand, or several at once. Each has a state of its own and does what it is
 * asked in turn.
 */
export interface StreamCrew {
  /** How many hands there are. */
  readonly threads: number;
  /**
   * Asks a hand for something; rejects with what is wrong with it, as an Error.
   *
   * @param transfer buffers that the asker gives away, so that they need not be copied.
   */
  readonly ask: <K extends keyof StreamTasks>(
    hand: number,
    task: K,
    order: StreamTasks[K]['order'],
    transfer?: readonly ArrayBuffer[],
  ) => Promise<StreamTasks[K]['answer']>;
}

/** A crew of one, that works in this thread. Nothing is copied, so that what is given away must be left alone. */
export function inlineCrew(): StreamCrew {
  const work = streamHand();
  return {
    threads: 1,
    ask: async (_hand, task, order) => work(task, order),
  };
}

/** The buffer of numbers that their owner gives away, if they have it for themselves and it can be given. */
export function given(numbers: Float32Array | Float64Array): readonly ArrayBuffer[] {
  const { buffer, byteLength } = numbers;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
