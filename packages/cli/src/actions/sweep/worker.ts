import { openCellPool, runQueueWorker, type WorkerEvent } from '@polysem/runs/sweep';
import type { WorkerFlags } from '../../commands/sweep/worker.ts';
import { print, printJson } from '../../output.ts';
import { parseChoice, parseInteger, required } from '../../parse.ts';
import { openLog, writeEvent } from './log.ts';
import { parseSeconds } from './parse-seconds.ts';

/** Runs `polysem sweep worker`. */
export async function runWorkerCommand(flags: WorkerFlags): Promise<void> {
  const url = required(flags.queue, '--queue', 'redis://localhost');
  const kind = parseChoice(flags.log, '--log', ['text', 'json'] as const);
  const idleSeconds = parseSeconds(flags.exitWhenIdle, '--exit-when-idle');
  const lease = parseSeconds(flags.lease, '--lease');
  const pool = openCellPool({
    workers:
      flags.workers === undefined ? undefined : parseInteger(flags.workers, '--workers', 1, 4096),
    threads: parseInteger(flags.threadsPerCell, '--threads-per-cell', 1, 512),
    retries: parseInteger(flags.retries, '--retries', 0, 1000),
    folder: flags.folder,
    unfinished: null,
  });
  const log = openLog(kind);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const end = await runQueueWorker({
      url,
      pool,
      signal: stop.signal,
      onEvent: (event) => report(event, kind, log.note),
      ...(idleSeconds !== undefined && { idleSeconds }),
      ...(lease !== undefined && { lease }),
    });
    if (flags.json === true) await printJson(end);
    else
      print(`${end.cells} cells computed; ${end.reason === 'idle' ? 'no more work' : 'stopped'}`);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await pool.close();
    log.end();
  }
}

function report(event: WorkerEvent, kind: 'text' | 'json', note: (text: string) => void): void {
  if (event.event === 'note') note(event.message);
  else if (kind === 'json') writeEvent(event.event, event);
}
