import type { Message } from './message-queue.ts';

/** Messages whose leases are renewed. */
export interface Renewing {
  readonly add: (message: Message) => void;
  readonly remove: (message: Message) => void;
  readonly close: () => void;
}

/**
 * Renews the leases of messages three times per lease.
 *
 * @param lease the lease in seconds.
 */
export function renewing(lease: number): Renewing {
  const messages = new Set<Message>();
  const timer = setInterval(
    () => {
      for (const message of messages) void message.renew();
    },
    (1000 * lease) / 3,
  );
  return {
    add: (message) => void messages.add(message),
    remove: (message) => void messages.delete(message),
    close: () => clearInterval(timer),
  };
}
