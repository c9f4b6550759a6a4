import type { SweepProgress } from '@polysem/runs/sweep';
import { note } from '../../output.ts';
import { showProgress } from '../../progress.ts';

/** Progress and notes of a sweep on stderr. */
export interface SweepLog {
  readonly progress: (name: string, progress: SweepProgress) => void;
  readonly note: (text: string) => void;
  readonly end: () => void;
}

/** Milliseconds between two lines of progress in JSON. */
const JSON_INTERVAL = 1000;

/**
 * Opens the log of a sweep.
 *
 * @param kind `text`: a bar on a terminal, plain lines elsewhere; `json`: one JSON object per line, with its time and event.
 */
export function openLog(kind: 'text' | 'json'): SweepLog {
  return kind === 'json' ? jsonLog() : textLog();
}

function textLog(): SweepLog {
  const bar = showProgress();
  return {
    progress: (name, { cells, ended, failed, rate }) => {
      const detail = [
        `${ended} of ${cells} cells`,
        ...(rate === null ? [] : [`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`]),
        ...(failed > 0 ? [`${failed} failed`] : []),
      ];
      bar.update(name, cells === 0 ? 1 : ended / cells, detail.join(', '));
    },
    note,
    end: bar.end,
  };
}

function jsonLog(): SweepLog {
  let last = -Infinity;
  return {
    progress: (name, progress) => {
      const isLast = progress.ended === progress.cells;
      if (!isLast && performance.now() - last < JSON_INTERVAL) return;
      last = performance.now();
      writeEvent('progress', { sweep: name, ...progress });
    },
    note: (text) => writeEvent('note', { text }),
    end: () => {},
  };
}

/** Writes an event as one JSON object on a line of stderr. */
export function writeEvent(event: string, fields: object): void {
  const time = new Date().toISOString();
  process.stderr.write(`${JSON.stringify({ time, event, ...fields })}\n`);
}
