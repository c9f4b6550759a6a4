import type { InstanceState } from '../kernel.ts';

/** The arrays of a training state. */
export const PARTS = ['parameters', 'first', 'second'] as const;

/** A state whose arrays are copied from a kernel's memory when they are next read. */
export interface LateState {
  readonly state: InstanceState;
  /** True until the arrays are read. */
  readonly isLate: () => boolean;
  /** Copies the arrays now, if they were not read yet. */
  readonly settle: () => void;
  /** Goes back to the arrays as they are, and to their step, if they were not read yet. */
  readonly revert: () => void;
}

/**
 * Lets the arrays of a state be copied when they are next read: after most steps of a large model nothing reads them, and the
 * copy takes as long as a twentieth of a step.
 *
 * @param step the step of the arrays as they are.
 * @param copy copies the current numbers into the arrays.
 */
export function lateState(
  state: InstanceState,
  step: number,
  copy: (arrays: Pick<InstanceState, (typeof PARTS)[number]>) => void,
): LateState {
  const { parameters, first, second } = state;
  const arrays = { parameters, first, second };
  let isLate = true;
  const restore = (): void => {
    isLate = false;
    for (const part of PARTS) {
      const value = arrays[part];
      Object.defineProperty(state, part, { value, enumerable: true, configurable: true });
    }
  };
  const settle = (): void => {
    if (!isLate) return;
    restore();
    copy(arrays);
  };
  for (const part of PARTS) {
    const get = (): InstanceState[typeof part] => {
      settle();
      return arrays[part];
    };
    Object.defineProperty(state, part, { get, enumerable: true, configurable: true });
  }
  return {
    state,
    isLate: () => isLate,
    settle,
    revert: () => {
      if (!isLate) return;
      restore();
      state.step = step;
    },
  };
}
