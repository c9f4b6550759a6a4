import type { SweepCheck } from '@polysem/runs/sweep/results';
import type { SweepStatus } from '@polysem/runs/sweep/status';
import { counted } from '../../text/counted.ts';
import { labelText } from '../../text/label-text.ts';
import { number } from '../../text/number.ts';
import { table } from '../../text/table.ts';

/** Reasons, files and conflicts that are listed; the rest is counted. */
const MOST_LISTED = 10;

/**
 * The state of a sweep as text: cells, failures, processes at work, time left and what is wrong with its files.
 *
 * @param status the state.
 * @param check digests that were compared; null if they were not.
 * @returns lines of text.
 *
 * @example
 * ```js
 * import { statusText } from 'polysem/reports';
 * const none = { failures: [], conflicts: [], damaged: [], running: [], rate: null, secondsLeft: null, table: null };
 * const status = { name: 'dims', cells: 6, done: 4, failed: 0, open: 2, ...none };
 * statusText(status, null).split('\n')[0]; // 'dims: 4 of 6 cells done, 2 open'
 * ```
 */
export function statusText(status: SweepStatus, check: SweepCheck | null): string {
  const { name, cells, done, failed, open, table: file } = status;
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(open > 0 ? [`${open} open`] : []),
  ];
  return [
    `${name}: ${done} of ${counted(cells, 'cell')} done${parts.length > 0 ? `, ${parts.join(', ')}` : ''}`,
    ...runningLines(status),
    ...failureLines(status),
    ...conflictLines(status),
    ...status.damaged.map((path) => `damaged: ${path}; polysem sweep run computes its cells again`),
    ...(file === null ? [] : [`table: ${file}`]),
    ...(check === null ? [] : checkLines(check)),
  ].join('\n');
}

/**
 * The state of a sweep as plain data for JSON.
 *
 * @param status the state.
 * @param check digests that were compared; null if they were not.
 * @returns the state, with the check if there is one.
 *
 * @example
 * ```js
 * import { statusJson } from 'polysem/reports';
 * statusJson({ name: 'dims', cells: 6 }, null); // { name: 'dims', cells: 6 }
 * ```
 */
export function statusJson(status: SweepStatus, check: SweepCheck | null): object {
  return check === null ? status : { ...status, check };
}

/**
 * A time as text, in the two largest units.
 *
 * @param seconds the time.
 * @returns for example `2 h 05 min`.
 */
function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24];
  const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60];
  if (days > 0) return `${days} d ${twoDigits(hours)} h`;
  if (hours > 0) return `${hours} h ${twoDigits(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${twoDigits(rest)} s` : `${rest} s`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function runningLines({ running, rate, secondsLeft, open }: SweepStatus): string[] {
  if (running.length === 0) {
    return open === 0 ? [] : ['no process is at work; give polysem sweep run again to go on'];
  }
  const rateText = rate === null ? 'rate not known yet' : `${number(rate, 3)} cells/s`;
  const left = secondsLeft === null ? '' : `, about ${timeText(secondsLeft)} left`;
  const rows = running.map((one) => [
    one.role,
    `${one.host}:${one.pid}`,
    String(one.done),
    String(one.left),
    String(one.failed),
    one.rate === null ? '' : number(one.rate, 3),
  ]);
  return [
    `running: ${counted(running.length, 'process', 'processes')}, ${rateText}${left}`,
    table([['part', 'process', 'ended', 'left', 'failed', 'cells/s'], ...rows], ['process'])
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n'),
  ];
}

function failureLines({ failures }: SweepStatus): string[] {
  const listed = failures.slice(0, MOST_LISTED).map(({ count, kind, first, message }) => {
    const which = count === 1 ? `cell ${first}` : `${count} cells, the first ${first}`;
    return `failed: ${which} (${kind}): ${labelText(message)}`;
  });
  const rest = failures.length - listed.length;
  return rest === 0 ? listed : [...listed, `failed: ${counted(rest, 'further reason')}`];
}

function conflictLines({ conflicts }: SweepStatus): string[] {
  const listed = conflicts.slice(0, MOST_LISTED).map(({ index, files }) => {
    return `conflict: cell ${index} has two different results, in rows/${files[0]} and rows/${files[1]}; both are kept, remove the wrong file`;
  });
  const rest = conflicts.length - listed.length;
  return rest === 0 ? listed : [...listed, `conflict: ${counted(rest, 'further cell')}`];
}

function checkLines({ rows, weights, table: state, problems }: SweepCheck): string[] {
  const files = weights === 0 ? '' : `, ${counted(weights, 'file')} of weights`;
  const whole = `checked: ${counted(rows, 'row')}${files} and the table`;
  const intact = state === 'absent' ? whole.replace(' and the table', '') : whole;
  if (problems.length === 0) return [`${intact} have the bytes that were written`];
  const listed = problems.slice(0, MOST_LISTED);
  const rest = problems.length - listed.length;
  return [
    `checked: ${counted(problems.length, 'file has', 'files have')} changed since ${problems.length === 1 ? 'it was' : 'they were'} written`,
    ...listed.map((problem) => `  ${problem}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}
