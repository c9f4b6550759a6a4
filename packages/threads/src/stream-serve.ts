import { streamHand, type StreamHand, type StreamTasks } from '@polysem/core/streaming';
import { plainError } from './plain-error.ts';
import type { StreamOrder, StreamReport } from './stream-messages.ts';

/**
 * The worker's side: does what it is asked, wherever it runs. Gives the function that takes its orders.
 *
 * @param send gets buffers that are given away with the report.
 */
export function serveStream(
  send: (report: StreamReport, transfer: readonly ArrayBuffer[]) => void,
): (order: StreamOrder) => void {
  const work: StreamHand = streamHand();
  send({ kind: 'done', id: 0, answer: null }, []);
  return ({ id, task, order }) => {
    try {
      const answer = work(task, order as StreamTasks[typeof task]['order']);
      if (order !== null && 'block' in order) free(order.block);
      send({ kind: 'done', id, answer }, buffersOf(answer));
    } catch (error) {
      send({ kind: 'failed', id, error: plainError(error) }, []);
    }
  };
}

/** Gives back the memory of a block, where the engine knows how (Node 22, Chromium 114), before a collector would. */
function free({ buffer }: Float32Array | Float64Array): void {
  (buffer as { transfer?: (bytes: number) => unknown }).transfer?.(0);
}

/** The buffers of an answer's arrays: it is nobody's but the asker's. */
function buffersOf(answer: unknown): readonly ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      const { buffer, byteLength } = value;
      if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) found.add(buffer);
    } else if (typeof value === 'object' && value !== null) {
      for (const part of Object.values(value)) look(part);
    }
  };
  look(answer);
  return [...found];
}
