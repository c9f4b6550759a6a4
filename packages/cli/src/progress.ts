import { labelText } from '@polysem/reports/text';

/** Shows how far a long task is: a bar with time left on a terminal, a plain line every ten seconds elsewhere. */
export interface Progress {
  readonly update: (label: string, done: number) => void;
  readonly end: () => void;
}

const BAR = 24;
const PLAIN_INTERVAL = 10_000;
const TERMINAL_INTERVAL = 100;
/** What has run for less says nothing of its speed. */
const SETTLING = 1000;
/** Columns of a terminal that does not say how many it has. */
const COLUMNS = 80;

let isShown = false;

/** Takes the bar away, so that what is printed next begins a line. */
export function clearProgress(): void {
  if (isShown) process.stderr.write('\r\u001B[K');
  isShown = false;
}

/** Progress on stderr. */
export function showProgress(): Progress {
  const terminal = process.stderr.isTTY === true;
  let label = '';
  let started = Date.now();
  // What was done before, by an interrupted run or other parts of the work, says nothing of the speed of this one.
  let doneBefore = 0;
  let doneLast = 0;
  let shown = Date.now();
  return {
    update: (told, done) => {
      const next = labelText(told);
      const now = Date.now();
      // What falls back has begun anew.
      const isNew = next !== label || done < doneLast;
      doneLast = done;
      if (isNew) {
        label = next;
        started = now;
        doneBefore = done;
        if (terminal) shown = now - TERMINAL_INTERVAL;
      }
      if (now - shown < (terminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL)) return;
      // Of what has just begun nothing is known yet; what is done needs no line.
      if (!terminal && (now - started < SETTLING || done >= 1)) return;
      shown = now;
      const percent = `${Math.floor(done * 100)}%`.padStart(4);
      const gained = done - doneBefore;
      const left = gained > 0 ? `, ${duration(((now - started) * (1 - done)) / gained)} left` : '';
      if (!terminal) {
        process.stderr.write(`${label}: ${percent.trim()}${left}\n`);
        return;
      }
      const filled = Math.round(done * BAR);
      // A line that wraps could not be taken away again.
      const room = (process.stderr.columns || COLUMNS) - BAR - percent.length - left.length - 3;
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
      process.stderr.write(`\r\u001B[K${bar}${percent}  ${shortened(label, room)}${left}`);
      isShown = true;
    },
    end: clearProgress,
  };
}

/** A label without its middle, if it is too long: names of tensors differ at their ends. */
function shortened(label: string, room: number): string {
  if (label.length <= room) return label;
  const half = Math.max(0, Math.floor((room - 1) / 2));
  return half === 0 ? '' : `${label.slice(0, half)}…${label.slice(-half)}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
