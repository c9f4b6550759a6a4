import { UnreadableRows } from '../store/sweep-store.ts';

/** Enough: files are joined at most a few times per second. */
const ATTEMPTS = 5;

/**
 * Reads from the folder of a sweep, again if a running process joined or removed files meanwhile.
 *
 * @param read reads everything that it needs.
 * @returns its result.
 * @throws its last error.
 *
 * @example
 * ```js
 * import { readSteadily } from 'polysem/sweep';
 * readSteadily(() => 'table'); // 'table'
 * ```
 */
export function readSteadily<T>(read: () => T): T {
  for (let attempt = 1; ; attempt++) {
    try {
      return read();
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof UnreadableRows)) throw error;
    }
  }
}
