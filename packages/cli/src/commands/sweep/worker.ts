import type { Command } from 'commander';
import { LEASE_FLAG, QUEUE_ADDRESS } from './queue-flags.ts';

/** Flags of `polysem sweep worker`. */
export interface WorkerFlags {
  readonly queue?: string;
  readonly workers?: string;
  readonly threadsPerCell: string;
  readonly retries: string;
  readonly folder: string;
  readonly exitWhenIdle?: string;
  readonly lease?: string;
  readonly log: string;
  readonly json?: boolean;
}

/** Adds the flags of `polysem sweep worker`. */
export function workerFlags(command: Command): void {
  command
    .option('--queue <url>', QUEUE_ADDRESS)
    .option(
      '--workers <n>',
      'processes, each of which computes one cell at a time (default: all cores)',
    )
    .option('--threads-per-cell <n>', 'threads that one cell may use', '1')
    .option('--retries <R>', 'further attempts at a cell whose process died', '2')
    .option('--folder <folder>', 'folder against which specs name input files', '.')
    .option(
      '--exit-when-idle <seconds>',
      'end after this time without work (default: wait for work until stopped)',
    )
    .option(...LEASE_FLAG)
    .option('--log <kind>', 'events on stderr: text, or json for one JSON object per line', 'text')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nCtrl-C or SIGTERM stops the worker within two seconds and gives its unfinished cells to other workers. The same happens, after the lease, when a worker dies.',
    );
}
