import { statSync } from 'node:fs';
import {
  localExecutor,
  openQueueExecutor,
  openSweep,
  planOfFolder,
  runSweep,
  shardsOf,
  type SweepPlan,
  type SweepRunOptions,
  type SweepSummary,
} from '@polysem/runs/sweep';
import type { RunFlags } from '../../commands/sweep/run.ts';
import { EndWithCode, UsageError } from '../../errors.ts';
import { print, printJson } from '../../output.ts';
import { parseChoice, parseInteger } from '../../parse.ts';
import { openLog } from './log.ts';
import { parseSeconds } from './parse-seconds.ts';

/** Exit code for cells that would fail again. */
const PERMANENT = 42;

/** Runs `polysem sweep run`. */
export async function runSweepCommand(spec: string, flags: RunFlags): Promise<void> {
  const log = openLog(parseChoice(flags.log, '--log', ['text', 'json'] as const));
  const isFolder = statSync(spec, { throwIfNoEntry: false })?.isDirectory() === true;
  const plan = isFolder ? planOfFolder(spec) : openSweep(spec);
  const folder = flags.out ?? (isFolder ? spec : `${plan.name}.sweep`);
  const stop = new AbortController();
  let signal: NodeJS.Signals | null = null;
  const interrupt = (name: NodeJS.Signals): void => {
    signal = name;
    stop.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const summary = await runSweep(plan, {
    folder,
    openExecutor: executorOf(plan, flags, log.note),
    ...partOf(plan, flags.shard),
    retryFailed: flags.retryFailed === true,
    extend: flags.extend === true,
    signal: stop.signal,
    onNote: log.note,
    onProgress: (progress) => log.progress(plan.name, progress),
  }).finally(() => {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    log.end();
  });
  if (flags.json === true) await printJson({ folder, ...summary });
  else print(describe(folder, summary));
  endWith(folder, summary, signal);
}

/** The executor that the flags choose. */
function executorOf(
  plan: SweepPlan,
  flags: RunFlags,
  onNote: (line: string) => void,
): SweepRunOptions['openExecutor'] {
  const { queue } = flags;
  if (queue !== undefined) {
    for (const name of ['workers', 'shard'] as const) {
      if (flags[name] !== undefined)
        throw new UsageError(`--${name}: cannot be combined with --queue; leave it out`);
    }
    const lease = parseSeconds(flags.lease, '--lease');
    const options = { url: queue, plan, onNote, ...(lease !== undefined && { lease }) };
    return () => openQueueExecutor(options);
  }
  const workers =
    flags.workers === undefined ? undefined : parseInteger(flags.workers, '--workers', 1, 4096);
  const threads = parseInteger(flags.threadsPerCell, '--threads-per-cell', 1, 512);
  const retries = parseInteger(flags.retries, '--retries', 0, 1000);
  const { folder } = plan;
  return (unfinished) => localExecutor(plan, { workers, threads, retries, folder, unfinished });
}

/** Parses `--shard i/n`. */
function partOf(
  plan: SweepPlan,
  text: string | undefined,
): Pick<SweepRunOptions, 'part'> | undefined {
  if (text === undefined) return undefined;
  const [, i, n] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (n === undefined || !(Number(i) < Number(n))) {
    throw new UsageError(
      `--shard: expected i/n with i from 0 to n - 1, such as 0/8, got ${JSON.stringify(text)}`,
    );
  }
  const shards = shardsOf(plan, Number(n));
  return { part: { name: `shard ${text}`, has: (index) => shards[index] === Number(i) } };
}

function describe(folder: string, summary: SweepSummary): string {
  const { cells, done, failed, open, isComplete } = summary;
  const counts = [
    `${done} of ${cells} cells done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(open > 0 ? [`${open} open`] : []),
  ];
  return `${counts.join(', ')}${isComplete ? `; the table is ${folder}/table.parquet` : ''}`;
}

/** Ends the command with the exit code that says whether the same command can do more. */
function endWith(folder: string, summary: SweepSummary, signal: NodeJS.Signals | null): void {
  const { conflicts, failed, retryable } = summary;
  if (conflicts.length > 0) {
    const [{ index, files }] = conflicts;
    throw new EndWithCode(
      `${folder}: cell ${index} has two different results, in rows/${files[0]} and rows/${files[1]}; both are kept; remove the one that is wrong`,
      PERMANENT,
    );
  }
  if (signal === 'SIGINT') process.kill(process.pid, signal);
  if (signal !== null) throw new EndWithCode('stopped; give the same command again to go on', 1);
  if (failed === 0) return;
  throw new EndWithCode(
    `${failed} of ${summary.cells} cells failed; polysem sweep status ${folder} lists the reasons`,
    retryable === failed ? 1 : PERMANENT,
  );
}
