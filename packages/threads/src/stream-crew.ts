import type { StreamCrew } from '@polysem/core/streaming';
import { errorOfSent } from './plain-error.ts';
import type { StreamOrder, StreamReport } from './stream-messages.ts';

/** A worker of whatever kind, that runs `serveStream`. */
export interface StreamThread {
  readonly post: (order: StreamOrder, transfer: readonly ArrayBuffer[]) => void;
  /** Says once who hears of it. */
  readonly listen: (
    onReport: (report: StreamReport) => void,
    onDeath: (error: Error) => void,
  ) => void;
  /** Whether the process may not end before the worker does. */
  readonly hold: (isHeld: boolean) => void;
  readonly terminate: () => Promise<unknown>;
}

/** Hands in threads of their own. They keep no process alive but while they are asked for something. */
export interface MeasureCrew extends StreamCrew {
  /** Ends the workers; what they are asked for is rejected, with the reason if one is given. */
  readonly close: (reason?: unknown) => Promise<void>;
}

interface Asked {
  readonly hand: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** Makes a crew of so many workers as soon as all are there. */
export async function crewOf(count: number, start: () => StreamThread): Promise<MeasureCrew> {
  const asked = new Map<number, Asked>();
  const open = Array.from({ length: count }, () => 0);
  const threads: StreamThread[] = [];
  let next = 1;
  let end: { readonly reason: unknown } | null = null;

  function settle(id: number, action: (one: Asked) => void): void {
    const one = asked.get(id);
    if (one === undefined) return;
    asked.delete(id);
    open[one.hand]--;
    if (open[one.hand] === 0) threads[one.hand].hold(false);
    action(one);
  }

  /** All threads go together: what one of them had begun is lost. */
  async function finish(reason: unknown): Promise<void> {
    end ??= { reason };
    for (const id of asked.keys()) settle(id, ({ reject }) => reject(reason));
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  /** Puts a new worker in a place, which is ready when the promise is kept. */
  function place(hand: number): Promise<void> {
    const thread = start();
    threads[hand] = thread;
    return new Promise<void>((resolve, reject) => {
      thread.listen(
        (report) => {
          if (report.kind === 'failed') {
            settle(report.id, (one) => one.reject(errorOfSent(report.error)));
          } else if (report.id === 0) {
            if (open[hand] === 0) thread.hold(false);
            resolve();
          } else {
            settle(report.id, (one) => one.resolve(report.answer));
          }
        },
        (error) => {
          if (end !== null || threads[hand] !== thread) return;
          reject(error);
          void finish(error);
        },
      );
    });
  }

  async function placeAll(): Promise<void> {
    try {
      await Promise.all(Array.from({ length: count }, (_, hand) => place(hand)));
    } catch (error) {
      await finish(error);
      throw error;
    }
  }
  await placeAll();

  return {
    threads: count,
    ask: (hand, task, order, transfer = []) =>
      new Promise((resolve, reject) => {
        if (end !== null) {
          reject(end.reason);
          return;
        }
        const id = next++;
        asked.set(id, { hand, resolve: resolve as (answer: unknown) => void, reject });
        if (open[hand] === 0) threads[hand].hold(true);
        open[hand]++;
        try {
          threads[hand].post({ id, task, order } as StreamOrder, transfer);
        } catch (error) {
          settle(id, (one) => one.reject(error));
        }
      }),
    renew: async () => {
      if (end !== null) throw end.reason;
      const old = threads.slice();
      const placed = placeAll();
      await Promise.all(old.map((thread) => thread.terminate()));
      await placed;
    },
    close: async (reason = new Error('the crew was closed')) => finish(reason),
  };
}
