/**
 * Waits for a promise or for the abortion of a signal. Removes its listener, because a signal outlives many waits.
 *
 * @returns the value; null if the signal is aborted first.
 */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  // Nobody waits for the promise after the abortion.
  promise.catch(() => undefined);
  if (signal.aborted) return null;
  const { promise: aborted, resolve: stop } = withResolver();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function withResolver(): { readonly promise: Promise<null>; readonly resolve: () => void } {
  let settle: ((value: null) => void) | undefined;
  const promise = new Promise<null>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: () => settle?.(null) };
}

/** Waits for some milliseconds, or less if the signal is aborted. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await (signal === undefined ? elapsed : untilAborted(elapsed, signal));
  clearTimeout(timer);
}
