import { elapsedTime } from '@polysem/numerics/clock';

/** Least time between two saved states, in milliseconds. */
const BETWEEN = 3000;
/** Least ratio of that time to the time that saving takes: saving costs at most 2.5 %. */
const TIMES = 40;

/** Says when the state of long work is saved. */
export interface StateTimer {
  /** True once a state is due. It then counts as being saved. */
  readonly isStateDue: () => boolean;
  /** Notes that the state was saved. */
  readonly saved: () => void;
}

/**
 * A timer of states that are saved.
 *
 * @param between least time between two saved states, in milliseconds.
 * @returns the timer.
 */
export function stateTimer(between: number = BETWEEN): StateTimer {
  const clock = elapsedTime(() => performance.now());
  let asked = clock();
  let due = asked + between;
  return {
    isStateDue: () => {
      asked = clock();
      if (asked < due) return false;
      due = Infinity;
      return true;
    },
    saved: () => {
      const now = clock();
      due = now + Math.max(between, TIMES * (now - asked));
    },
  };
}
