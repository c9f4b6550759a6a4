import { elapsedTime } from '@polysem/numerics/clock';
import { labelText } from '@polysem/reports/text';

/**
 * Progress of a long task: a bar with time left on a terminal, a plain line every ten seconds elsewhere. With
 * `POLYSEM_PROGRESS=json` one JSON object per line, five times a second, for programs.
 */
export interface Progress {
  /** Shows the fraction done of a part; `detail`, such as a speed, may change within the part. */
  readonly update: (label: string, done: number, detail?: string) => void;
  readonly end: () => void;
}

const BAR = 24;
const PLAIN_INTERVAL = 10_000;
const TERMINAL_INTERVAL = 100;
const JSON_INTERVAL = 200;
/** Milliseconds before the speed is known well enough to show. */
const SETTLING = 1000;
/** Columns of a terminal that does not report its width. */
const COLUMNS = 80;

let isShown = false;

/** Removes the bar, so that the next output begins on a new line. */
export function clearProgress(): void {
  if (isShown) process.stderr.write('\r\u001B[K');
  isShown = false;
}

/** Starts to show progress on stderr. */
export function showProgress(): Progress {
  const isJson = process.env.POLYSEM_PROGRESS === 'json';
  const terminal = !isJson && process.stderr.isTTY === true;
  const interval = isJson ? JSON_INTERVAL : terminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
  let label = '';
  const clock = elapsedTime(() => performance.now());
  let started = clock();
  // Work done before (by an interrupted run, say) must not count towards the speed.
  let doneBefore = 0;
  let doneLast = 0;
  let shown = clock();
  return {
    update: (told, done, detail = '') => {
      const next = labelText(told);
      const now = clock();
      // Progress that falls belongs to a new part.
      const isNew = next !== label || done < doneLast;
      doneLast = done;
      if (isNew) {
        label = next;
        started = now;
        doneBefore = done;
        if (terminal || isJson) shown = now - interval;
      }
      if (now - shown < interval) return;
      // No line for a part that has just begun or is done.
      if (!terminal && !isJson && (now - started < SETTLING || done >= 1)) return;
      shown = now;
      const gained = done - doneBefore;
      const milliseconds = gained > 0 ? ((now - started) * (1 - done)) / gained : null;
      if (isJson) {
        const seconds = milliseconds === null ? null : milliseconds / 1000;
        const event = { event: 'progress', label, done, detail, left: seconds };
        process.stderr.write(`${JSON.stringify(event)}\n`);
        return;
      }
      const percent = `${Math.floor(done * 100)}%`.padStart(4);
      const time = milliseconds === null ? '' : `, ${duration(milliseconds)} left`;
      const left = `${detail === '' ? '' : `, ${detail}`}${time}`;
      if (!terminal) {
        process.stderr.write(`${label}: ${percent.trim()}${left}\n`);
        return;
      }
      const filled = Math.round(done * BAR);
      // A line that wraps could not be removed.
      const room = (process.stderr.columns || COLUMNS) - BAR - percent.length - left.length - 3;
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
      process.stderr.write(`\r\u001B[K${bar}${percent}  ${shortened(label, room)}${left}`);
      isShown = true;
    },
    end: clearProgress,
  };
}

/** Shortens a label in the middle: names of tensors differ at their ends. */
function shortened(label: string, room: number): string {
  if (label.length <= room) return label;
  const half = Math.max(0, Math.floor((room - 1) / 2));
  return half === 0 ? '' : `${label.slice(0, half)}…${label.slice(-half)}`;
}

/** A duration in words that people use: seconds, minutes or hours. */
export function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
