/**
 * A clock that never goes back, whatever the clock of the machine does. If that is set back (by time synchronisation, a
 * virtual machine or a test), the clock stands still for one reading and then goes on.
 *
 * @param read reads the machine's clock, in milliseconds: `() => performance.now()`.
 * @returns a function that returns the milliseconds since this call.
 * @example
 * ```js
 * import { elapsedTime } from '@polysem/numerics/clock';
 * const readings = [100, 110, 50, 55];
 * const now = elapsedTime(() => readings.shift());
 * [now(), now(), now()]; // [10, 10, 15]
 * ```
 */
export function elapsedTime(read: () => number): () => number {
  let last = read();
  let elapsed = 0;
  return () => {
    const reading = read();
    if (reading > last) elapsed += reading - last;
    last = reading;
    return elapsed;
  };
}
