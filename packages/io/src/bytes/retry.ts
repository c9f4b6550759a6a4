import { FormatError } from './format-error.ts';

/** A failure that another attempt may avoid. */
export class Transient extends Error {
  /** Value of the Retry-After header in seconds, or null. */
  readonly after: string | null;

  constructor(
    message: string,
    { cause, after = null }: { cause?: unknown; after?: string | null } = {},
  ) {
    super(message, { cause });
    this.after = after;
  }
}

/** Longest pause that a server can ask for, in milliseconds. */
const LONGEST_PAUSE = 20_000;

/** Limits on the number of attempts and on their time. */
export interface Patience {
  readonly attempts: number;
  /** Milliseconds before the second attempt, doubled before each further one. */
  readonly pause: number;
  /** Time, as `performance.now()` counts it, after which no attempt starts. */
  readonly until: number;
  /** The file in errors. */
  readonly name: string;
}

/**
 * Runs `run` up to `attempts` times while it rejects with Transient. The pause between attempts starts at `pause`
 * milliseconds and doubles, unless the server asked for another.
 *
 * Rejects with FormatError for `name` after the last attempt or the deadline, and at once with any other error.
 */
export async function retried<T>(
  { attempts, pause, until, name }: Patience,
  run: () => Promise<T>,
): Promise<T> {
  const begin = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next attempt waits for this one
      return await run();
    } catch (error) {
      if (!(error instanceof Transient)) throw error;
      if (attempt >= attempts) {
        throw new FormatError(
          name,
          `cannot be fetched: ${error.message}, ${attempts} times; check the connection and try again`,
          { cause: error },
        );
      }
      const wish = 1000 * Number(error.after);
      const wait = wish > 0 ? Math.min(wish, LONGEST_PAUSE) : pause * 2 ** (attempt - 1);
      if (performance.now() + wait >= until) {
        const seconds = ((until - begin) / 1000).toPrecision(2);
        throw new FormatError(
          name,
          `cannot be fetched within ${Number(seconds)} s: ${error.message}; check the connection and try again`,
          { cause: error },
        );
      }
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Makes a limiter that runs at most `most` functions at once; others wait in order. */
export function limiter(most: number): <T>(run: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (run) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
