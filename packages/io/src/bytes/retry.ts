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

/**
 * Runs `run` up to `attempts` times while it rejects with Transient. The pause between attempts starts at `pause`
 * milliseconds and doubles, unless the server asked for another.
 *
 * Rejects with FormatError for `name` after the last attempt, and at once with any other error.
 */
export async function retried<T>(
  attempts: number,
  pause: number,
  name: string,
  run: () => Promise<T>,
): Promise<T> {
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
      const wish = 1000 * Number(error.after ?? NaN);
      const wait = wish > 0 ? Math.min(wish, LONGEST_PAUSE) : pause * 2 ** (attempt - 1);
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
