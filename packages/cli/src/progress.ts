/** Shows how far a long task is: a bar with time left on a terminal, a plain line every ten seconds elsewhere. */
export interface Progress {
  readonly update: (label: string, done: number) => void;
  readonly end: () => void;
}

const BAR = 24;
const PLAIN_INTERVAL = 10_000;
const TERMINAL_INTERVAL = 100;

/** Progress on stderr. */
export function showProgress(): Progress {
  const terminal = process.stderr.isTTY === true;
  let label = '';
  let started = Date.now();
  // What was done before, by an interrupted run or other parts of the work, says nothing of the speed of this one.
  let doneBefore = 0;
  let shown = Date.now();
  const clear = (): void => {
    if (terminal) process.stderr.write('\r\u001B[K');
  };
  return {
    update: (next, done) => {
      const now = Date.now();
      if (next !== label) {
        label = next;
        started = now;
        doneBefore = done;
        shown = now - (terminal ? TERMINAL_INTERVAL : 0);
      }
      if (now - shown < (terminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL)) return;
      shown = now;
      const percent = `${Math.floor(done * 100)}%`.padStart(4);
      const gained = done - doneBefore;
      const left = gained > 0 ? `, ${duration(((now - started) * (1 - done)) / gained)} left` : '';
      if (!terminal) {
        process.stderr.write(`${label}: ${percent.trim()}${left}\n`);
        return;
      }
      const filled = Math.round(done * BAR);
      process.stderr.write(
        `\r\u001B[K${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}${percent}  ${label}${left}`,
      );
    },
    end: clear,
  };
}

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
