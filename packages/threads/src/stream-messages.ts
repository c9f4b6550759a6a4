import type { StreamTasks } from '@polysem/core/streaming';
import type { SentError } from './messages.ts';

/** What a worker is asked for; it answers in turn. */
export type StreamOrder = {
  readonly [K in keyof StreamTasks]: {
    readonly id: number;
    readonly task: K;
    readonly order: StreamTasks[K]['order'];
  };
}[keyof StreamTasks];

/** What it answers: the first report, of id 0, is that it is there. */
export type StreamReport =
  | { readonly kind: 'done'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError };
