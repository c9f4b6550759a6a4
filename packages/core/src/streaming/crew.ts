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
  /**
   * Has all hands begin anew, with nothing in memory; nobody may be asked for anything meanwhile. WebAssembly's memory,
   * which cannot shrink, would else wait for a garbage collector that does not know of its size.
   */
  readonly renew: () => Promise<void>;
}

/** A crew of one, that works in this thread. Nothing is copied, so that what is given away must be left alone. */
export function inlineCrew(): StreamCrew {
  let work = streamHand();
  return {
    threads: 1,
    ask: async (_hand, task, order) => work(task, order),
    renew: async () => {
      work = streamHand();
    },
  };
}

/** The buffer of numbers that their owner gives away, if they have it for themselves and it can be given. */
export function given(numbers: Float32Array | Float64Array): readonly ArrayBuffer[] {
  const { buffer, byteLength } = numbers;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

/** From so many dimensions on the memory of S is worth a beginning anew: D^2 float64 of 8 MiB. */
const LARGE = 1024;

/** Frees what a stage of a measurement has left in the hands, at once where it is much. */
export async function freeHands(crew: StreamCrew, dims: number): Promise<void> {
  if (dims >= LARGE) await crew.renew();
  else await eachHand(crew, (hand) => crew.ask(hand, 'rest', null));
}

/** Does something with every hand. */
export async function eachHand(
  { threads }: StreamCrew,
  action: (hand: number) => Promise<unknown>,
): Promise<void> {
  await Promise.all(Array.from({ length: threads }, (_, hand) => action(hand)));
}
